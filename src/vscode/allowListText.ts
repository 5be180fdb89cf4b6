// What the review of a workspace's allow list says, in an editor and in the dialog that decides. No vscode import.
import { displayBytes } from '../protocol/displayBytes.ts';
import { t } from '../protocol/l10n.ts';
import type { AllowListReview } from '../core/policy/allowListDesk.ts';

/** Lists of more characters or lines are looked at in the editor first: a dialog does not scroll. */
const MAX_DIALOG_LINES = 15;
const MAX_DIALOG_CHARS = 1200;

export const keepAsking = (): string => t('Keep Asking');

/** The whole review as plain text, every hidden character made visible. */
export function reviewText(review: AllowListReview): string {
  const { entries, removed, seenBefore, said, hash } = review;
  return [
    t('Allow rules of this workspace'),
    '',
    t('They come with the workspace’s settings; you did not write them. Once you let them,'),
    t('the calls that they match run without asking you, until the list changes.'),
    '',
    ...listLines(review),
    '',
    ...(seenBefore
      ? [changeLine(entries.filter(({ added }) => added).length, removed.length)]
      : []),
    `${t('Now').padEnd(10)}${saidText(said)}`,
    `SHA-256   ${hash}`,
    '',
  ].join('\n');
}

function saidText(said: AllowListReview['said']): string {
  if (said === 'accepted') return t('They count: you acknowledged exactly this list.');
  if (said === 'refused') return t('They do not count: you said to keep asking.');
  return t('They do not count: you have not acknowledged this list.');
}

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
  const what = complete ? lines : [t('Every rule stands in the editor behind this dialog.')];
  const hash = `SHA-256 ${review.hash.slice(0, 16)}…`;
  return {
    question:
      count === 1
        ? t('Let one rule of this workspace allow calls without asking?')
        : t('Let {0} rules of this workspace allow calls without asking?', count),
    detail: [...what, '', t('This holds for exactly this list.'), hash].join('\n'),
    letThem:
      count === 1 ? t('Let This Rule Allow Calls') : t('Let These {0} Rules Allow Calls', count),
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
        const effect = severity === 'error' ? ` ${t('It allows nothing.')}` : '';
        const kind = severity === 'error' ? t('error') : t('warning');
        return `      ${kind}: ${displayBytes(message)}${effect}`;
      }),
  ]);
  return [...shown, ...removed.map((text) => `- ${displayBytes(text)}`)];
}

function changeLine(added: number, removed: number): string {
  const what =
    added + removed === 0
      ? t('The same rules as when you looked last, in the same or another order.')
      : t('{0} new (+) and {1} gone (-) since you looked last.', added, removed);
  return `${t('Change').padEnd(10)}${what}`;
}
