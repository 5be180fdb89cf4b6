// Marks what was found in the rows that are in the page, without a change of their DOM: by highlights that the style sheet draws.
import { folded } from '../src/protocol/folded.ts';

/** What of a row is text of the thread; words of ours beside it are not looked at. */
const TEXTS = '.shown, .md-block';
/** Most marks in one row. */
const MOST = 500;
const ALL = 'countersign-found';
const CURRENT = 'countersign-found-now';

/** The places in a row's shown texts that hold `wanted` (as of `wantedText`), in order. */
export function findRanges(row: Element, wanted: string): Range[] {
  if (wanted === '') return [];
  return [...row.querySelectorAll(TEXTS)]
    .filter((part) => part.parentElement?.closest(TEXTS) === null && isDrawn(part))
    .flatMap((part) => rangesIn(part, wanted))
    .slice(0, MOST);
}

const isDrawn = (part: Element): boolean => part.getClientRects().length > 0;

function rangesIn(part: Element, wanted: string): Range[] {
  const texts = textsOf(part);
  const whole = folded(texts.map(({ data }) => data).join(''));
  const ranges: Range[] = [];
  for (let at = whole.indexOf(wanted); at >= 0; at = whole.indexOf(wanted, at + wanted.length)) {
    const range = document.createRange();
    const [from, to] = [placeOf(texts, at, false), placeOf(texts, at + wanted.length, true)];
    if (!from || !to || ranges.length >= MOST) break;
    range.setStart(from.text, from.offset);
    range.setEnd(to.text, to.offset);
    ranges.push(range);
  }
  return ranges;
}

/** Without what stands on buttons. */
function textsOf(part: Element): Text[] {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!(node instanceof Text)) continue;
    const button = node.parentElement?.closest('button');
    if (!button || !part.contains(button)) texts.push(node);
  }
  return texts;
}

/** Where character `at` of the joined texts lies; an end lies behind the character before it. */
function placeOf(
  texts: readonly Text[],
  at: number,
  isEnd: boolean,
): { text: Text; offset: number } | undefined {
  let left = at;
  for (const text of texts) {
    if (isEnd ? left <= text.length : left < text.length) return { text, offset: left };
    left -= text.length;
  }
  return undefined;
}

/** Draws the marks; the current one differently. None clears them. */
export function drawMarks(ranges: readonly Range[], current: Range | undefined): void {
  const others = ranges.filter((range) => range !== current);
  setHighlight(ALL, others);
  setHighlight(CURRENT, current ? [current] : []);
}

function setHighlight(name: string, ranges: readonly Range[]): void {
  if (ranges.length === 0) CSS.highlights.delete(name);
  else CSS.highlights.set(name, new Highlight(...ranges));
}

/** Scrolls `range` into the middle of what scrolls around it, up to and with `feed`. */
export function scrollToRange(range: Range, feed: HTMLElement): void {
  let box = range.startContainer.parentElement;
  for (; box; box = box.parentElement) {
    const { overflowY } = getComputedStyle(box);
    if (overflowY === 'auto' || overflowY === 'scroll') {
      const [mark, frame] = [range.getBoundingClientRect(), box.getBoundingClientRect()];
      const above = mark.top < frame.top + 24;
      if (above || mark.bottom > frame.bottom - 24)
        box.scrollTop += mark.top - frame.top - (box.clientHeight - mark.height) / 2;
    }
    if (box === feed) return;
  }
}
