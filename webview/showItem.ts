// Brings a row of the transcript into the page and into view, wherever in the thread it is: rows that are not there are asked for.
import { disarmAll } from './arming.ts';
import type { Controller } from './controller.ts';
import type { TranscriptItem } from '../src/protocol/messages.ts';
import { ItemView } from './views/item.ts';
import type { FeedScroll } from './views/feedScroll.ts';
import { TranscriptView } from './views/transcript.ts';

/** So often a row is gone to until heights that were guessed are known. */
const TRIES = 6;

export interface Shower {
  controller: Controller;
  scroll: FeedScroll;
  /** Whether someone still wants it. */
  wanted: () => boolean;
}

/** The row, once it is drawn; nothing when it is not there, or not wanted any more. */
export async function showItem(
  { controller, scroll, wanted }: Shower,
  is: (item: TranscriptItem) => boolean,
): Promise<ItemView | undefined> {
  const has = (): boolean => controller.state.items.some(is);
  while (!has() && controller.state.earlier && wanted()) {
    const before = controller.state.items[0]?.id;
    const error = await controller.client.request({ type: 'earlier' });
    if (error || controller.state.items[0]?.id === before) return undefined;
  }
  const { feed } = scroll;
  const transcript = feed.querySelector('cs-transcript');
  for (let n = 0; n < TRIES && wanted(); n += 1) {
    await frame();
    scroll.release();
    disarmAll();
    const row = rowOf(feed, is);
    if (row) {
      await row.updateComplete;
      row.scrollIntoView({ block: 'nearest' });
      scroll.release();
      if (isSeen(row, feed)) return row;
    } else if (transcript instanceof TranscriptView) {
      const index = transcript.items.findIndex(is);
      if (index < 0) return undefined;
      await transcript.showRow(index);
    }
  }
  return rowOf(feed, is);
}

const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));

function rowOf(feed: HTMLElement, is: (item: TranscriptItem) => boolean): ItemView | undefined {
  for (const row of feed.querySelectorAll('cs-item'))
    if (row instanceof ItemView && is(row.item)) return row;
  return undefined;
}

function isSeen(row: Element, feed: Element): boolean {
  const [place, frame] = [row.getBoundingClientRect(), feed.getBoundingClientRect()];
  return place.bottom > frame.top + 1 && place.top < frame.bottom - 1;
}
