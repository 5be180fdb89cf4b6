// Looks for a text in all of a thread, page by page from its end, loaded in a view or not: in what the rows of the transcript show.
import { threadItems } from './items.ts';
import { PAGE_MESSAGES } from './page.ts';
import { partsOfItem, searcher } from '../../protocol/itemText.ts';
import type { EventStore, Place } from '../ports/eventStore.ts';

/** Most rows that are told of; the last ones of the thread. */
const MAX_FOUND = 2000;

/** Ids of rows from the first to the last; what was found so far when `signal` is aborted. Rejects as the store does. */
export async function findInThread(
  store: Pick<EventStore, 'threadPage'>,
  { threadId, text, signal }: { threadId: string; text: string; signal: AbortSignal },
): Promise<{ itemIds: string[]; more: boolean }> {
  const finds = searcher(text);
  const itemIds: string[] = [];
  let before: Place | null = null;
  do {
    const page = await store.threadPage(threadId, { limit: PAGE_MESSAGES, before });
    const items = threadItems(page).items.filter((item) =>
      partsOfItem(item).some(({ text }) => finds(text)),
    );
    itemIds.unshift(...items.map(({ id }) => id));
    if (itemIds.length > MAX_FOUND) return { itemIds: itemIds.slice(-MAX_FOUND), more: true };
    before = page.from;
    // Everything else of this process goes on in between.
    await new Promise((resolve) => setTimeout(resolve));
  } while (before !== null && !signal.aborted);
  return { itemIds, more: false };
}
