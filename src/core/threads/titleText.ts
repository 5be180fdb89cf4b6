// The title of a thread as text: what a model answered made fit to be one, and what stands in for it. Pure.
import type { ThreadRow } from '../ports/store.ts';

/** Longest title, in UTF-16 units. */
export const MAX_TITLE = 60;
const UNTITLED = 'New thread';

/** Controls, invisible and bidirectional marks, halves of surrogate pairs, private and unassigned code points. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const BLANK = /\p{Z}+/gu;
const QUOTES = /["“”„‟«»‹›「」『』`]/gu;
/** Marks of markdown and quotes around the whole, and the full stop. */
const EDGES = /^(?:[\s'‘’‚‛*:,;]+|[#>–—-]+\s)+|[\s'‘’‚‛*:.,;–—-]+$/gu;

/** What every surface calls a thread: its title, until then the first line of its first message. */
export function titleOf(thread: Pick<ThreadRow, 'title' | 'opening'> | undefined): string {
  return thread?.title ?? firstLine(thread?.opening ?? '');
}

/** The first line that says something, as a title; never empty. */
export function firstLine(text: string): string {
  for (const line of text.split(/[\n\r\u2028\u2029]/)) {
    const seen = visible(line);
    if (says(seen)) return shortened(seen);
  }
  return UNTITLED;
}

/** A model's answer as a title: one line, no quotes, nothing invisible; empty when there is no title in it. */
export function cleanTitle(answer: string): string {
  const spoken = answer.replaceAll(/<think>[\s\S]*?(<\/think>|$)/gi, '');
  for (const line of spoken.split(/[\n\r\u2028\u2029]/)) {
    const bare = visible(line)
      .replaceAll(QUOTES, '')
      .replace(/^(?:\P{L}*title\s*:)+/iu, '');
    const title = shortened(visible(bare.replaceAll(EDGES, '')));
    if (says(title)) return title;
  }
  return '';
}

/** What a human typed as a name: one line, nothing invisible; empty when nothing in it can be seen. */
export function givenTitle(text: string): string {
  const seen = shortened(visible(text.replaceAll(/[\n\r\u2028\u2029]+/g, ' ')));
  return /\S/.test(seen) ? seen : '';
}

function visible(line: string): string {
  return line.replaceAll(/\t/g, ' ').replaceAll(UNSEEN, '').replaceAll(BLANK, ' ').trim();
}

function says(text: string): boolean {
  return /[\p{L}\p{N}\p{So}]/u.test(text);
}

/** Cut between code points. */
function shortened(text: string): string {
  if (text.length <= MAX_TITLE) return text;
  let cut = '';
  for (const point of text) {
    if (cut.length + point.length > MAX_TITLE - 1) break;
    cut += point;
  }
  return `${cut.trimEnd()}…`;
}
