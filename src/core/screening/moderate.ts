// What a human wrote, before a moderation endpoint: flagged or not to be checked means refused. Off unless the user asks for it.
// The endpoint gets no secret, and nothing that the agent wrote.
import { findSecrets, withoutRanges, type FindDeps } from './findSecrets.ts';
import { toAppError } from '../base/errors.ts';
import type { Moderator } from '../ports/moderator.ts';

export interface ModerateDeps extends FindDeps {
  /** Absent where there is none. */
  moderator?: Moderator;
}

/** One text that a human wrote, in the words of screenHuman.ts. */
export interface WrittenText {
  callId: string | null;
  field: string;
  text: string;
  /** What was there before: lines of it are not theirs. */
  known: readonly string[];
}

export interface Moderated {
  message: string;
  callIds: string[];
}

const SETTING = 'countersign.screening.moderation';
const MAX_CATEGORIES = 12;

/** Why nothing is taken, or null. `what` completes “Nothing was …”. */
export async function moderate(
  deps: ModerateDeps,
  written: readonly WrittenText[],
  what: 'sent' | 'decided',
): Promise<Moderated | null> {
  const { moderator } = deps;
  if (moderator?.on() !== true) return null;
  const sent: (WrittenText & { own: string })[] = [];
  for (const one of written) {
    const own = await withoutSecrets(deps, ownLines(one));
    if (own.trim() !== '') sent.push({ ...one, own });
  }
  if (sent.length === 0) return null;
  const callIds = (of: readonly WrittenText[]): string[] => [
    ...new Set(of.flatMap(({ callId }) => callId ?? [])),
  ];
  let flagged: string[][];
  try {
    flagged = await moderator.check(sent.map(({ own }) => own));
  } catch (error) {
    const why = toAppError(error).message;
    const message = `What you wrote could not be moderated: ${why} Nothing was ${what}. Try again, or set ${SETTING} to “off”.`;
    return { message, callIds: callIds(sent) };
  }
  const found = sent.flatMap((one, at) => {
    const categories = flagged[at] ?? [];
    return categories.length === 0 ? [] : [{ ...one, categories }];
  });
  if (found.length === 0) return null;
  const list = found.map((one) => `${named(one.categories)} in ${whereOf(one)}`).join('; ');
  const message = `The moderation endpoint flags what you wrote: ${list}. Nothing was ${what}. Change it, or set ${SETTING} to “off”.`;
  return { message, callIds: callIds(found) };
}

/** Lines that were not there before. */
function ownLines({ text, known }: WrittenText): string {
  if (known.length === 0) return text;
  const before = new Set(known.flatMap((one) => one.split('\n')));
  return text
    .split('\n')
    .filter((line) => !before.has(line))
    .join('\n');
}

async function withoutSecrets(deps: FindDeps, text: string): Promise<string> {
  return withoutRanges(text, await findSecrets(deps, text));
}

/** Categories are the endpoint's words: only names are shown. */
function named(categories: readonly string[]): string {
  const names = categories.filter((one) => /^[\w/ -]{1,60}$/.test(one)).slice(0, MAX_CATEGORIES);
  return names.length === 0 ? 'something it does not name' : names.join(', ');
}

function whereOf({ callId, field }: WrittenText): string {
  return callId === null ? `the ${field}` : `${field} of ${callId}`;
}
