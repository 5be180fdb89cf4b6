// Files that an edit changed which nobody was asked about: a command that would run one loses its allow rule until the user
// has looked. Pure; whatRuns.ts says which commands those are.
import type { Mode, UnseenFile } from '../../protocol/calls.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import { unseenPhrase } from '../../protocol/unseen.ts';
import type { ShellSubject } from './place.ts';
import { builtIn, byMode } from './ruleMatch.ts';
import type { Decided, PolicySubject } from './types.ts';
import { unseenOf } from './whatRuns.ts';

const NAMED_IN_REASON = 2;
/** Who allows by something said beforehand. A mode, and approvals switched off, are the user's standing word for everything. */
const SAID_BEFORE: ReadonlySet<Decided['layer']> = new Set(['user', 'workspace', 'grant', 'hook']);

/**
 * The decision with its allow suspended where the command would run what the user has not seen. Whoever makes an allow out of
 * an ask later must come here again. Never loosens; in mode bypass the call stays allowed, by the mode.
 */
export function suspendUnseen(decided: Decided, subject: PolicySubject, mode: Mode): Decided {
  if (subject.group !== 'shell' || decided.verdict !== 'allow') return decided;
  if (!SAID_BEFORE.has(decided.layer) || (subject.unseen?.length ?? 0) === 0) return decided;
  const found = subject.parse.commands.map((command) => unseenOf(command, subject));
  const all = distinct(found.flat());
  if (all.length === 0) return decided;
  if (mode === 'bypass') {
    return { ...byMode('allow', 'mode bypass: no rule forbids it'), parts: decided.parts };
  }
  const parts = decided.parts.map((part, at) => {
    const own = found[at] ?? [];
    return own.length === 0 ? part : { ...part, verdict: 'ask' as const, reason: reasonFor(own) };
  });
  const reason = reasonFor(all);
  const asked =
    mode === 'dontAsk'
      ? byMode('deny', `mode dontAsk: not allowed, it ${reason}`)
      : builtIn('ask', reason);
  return { ...asked, parts };
}

/** Every unseen file that a line would run, whatever policy says of the line; in the order in which they are known. */
export function unseenRunBy(subject: ShellSubject): UnseenFile[] {
  if ((subject.unseen?.length ?? 0) === 0) return [];
  return distinct(subject.parse.commands.flatMap((command) => unseenOf(command, subject)));
}

function reasonFor(files: readonly UnseenFile[]): string {
  const names = [...new Set(files.map(({ path }) => displayBytes(path)))];
  const more = names.length - NAMED_IN_REASON;
  const shown = names.slice(0, NAMED_IN_REASON).join(', ');
  const rest = more > 0 ? ` (+${String(more)})` : '';
  return `${unseenPhrase()}: ${shown}${rest}`;
}

function distinct(files: readonly UnseenFile[]): UnseenFile[] {
  return [...new Set(files)];
}
