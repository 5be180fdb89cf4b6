// What the review of a workspace's allow list says, in an editor and in the dialog that decides. No vscode import.
import { displayBytes } from '../protocol/displayBytes.ts';
import type { AllowListReview } from '../core/policy/allowListDesk.ts';

/** Lists of more characters or lines are looked at in the editor first: a dialog does not scroll. */
const MAX_DIALOG_LINES = 15;
const MAX_DIALOG_CHARS = 1200;

export const KEEP_ASKING = 'Keep Asking';

/** The whole review as plain text, every hidden character made visible. */
export function reviewText(review: AllowListReview): string {
  const { entries, removed, seenBefore, said, hash } = review;
  return [
    'Allow rules of this workspace',
    '',
    'They come with the workspace’s settings; you did not write them. Once you let them,',
    'the calls that they match run without asking you, until the list changes.',
    '',
    ...listLines(review),
    '',
    ...(seenBefore
      ? [changeLine(entries.filter(({ added }) => added).length, removed.length)]
      : []),
    SAID[said ?? 'nothing'],
    `SHA-256   ${hash}`,
    '',
  ].join('\n');
}

const SAID = {
  nothing: 'Now       They do not count: you have not acknowledged this list.',
  accepted: 'Now       They count: you acknowledged exactly this list.',
  refused: 'Now       They do not count: you said to keep asking.',
};

/** The dialog that decides; `complete` when it holds every line, so that nothing else need be looked at first. */
export function reviewDialog(review: AllowListReview): {
  question: string;
  detail: string;
  letThem: string;
  complete: boolean;
} {
  const lines = listLines(review);
  const complete = lines.length <= MAX_DIALOG_LINES && lines.join('\n').length <= MAX_DIALOG_CHARS;
  const count = review.entries.length;
  const rules = count === 1 ? 'one rule' : `${count} rules`;
  const what = complete ? lines : ['Every rule stands in the editor behind this dialog.'];
  const hash = `SHA-256 ${review.hash.slice(0, 16)}…`;
  return {
    question: `Let ${rules} of this workspace allow calls without asking?`,
    detail: [...what, '', 'This holds for exactly this list.', hash].join('\n'),
    letThem: `Let ${count === 1 ? 'This Rule' : `These ${count} Rules`} Allow Calls`,
    complete,
  };
}

function listLines({ entries, removed, problems, seenBefore }: AllowListReview): string[] {
  const mark = (added: boolean): string => (!seenBefore ? ' ' : added ? '+' : ' ');
  const shown = entries.flatMap(({ text, added }, index) => [
    `${mark(added)} ${displayBytes(text)}`,
    ...problems
      .filter((problem) => problem.index === index)
      .map(({ message, severity }) => {
        const effect = severity === 'error' ? ' It allows nothing.' : '';
        return `      ${severity}: ${displayBytes(message)}${effect}`;
      }),
  ]);
  return [...shown, ...removed.map((text) => `- ${displayBytes(text)}`)];
}

function changeLine(added: number, removed: number): string {
  const what =
    added + removed === 0
      ? 'The same rules as when you looked last, in the same or another order.'
      : `${added} new (+) and ${removed} gone (-) since you looked last.`;
  return `Change    ${what}`;
}
