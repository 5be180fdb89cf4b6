// Find Thread…: a quick pick over titles and over what was said. What is typed is looked for in the store, as text.
import * as vscode from 'vscode';
import { plainPick } from './plainText.ts';
import { DisposableStore } from '../core/base/lifecycle.ts';
import { titleOf } from '../core/threads/titleText.ts';
import { isTemporary } from '../protocol/temporary.ts';
import type { ThreadHit } from '../core/ports/libraryStore.ts';
import type { Store } from '../core/ports/store.ts';
import { t } from '../protocol/l10n.ts';
import type { Services } from './services.ts';

const MOST = 50;
/** From the last key to the search, in ms. */
const PAUSE_MS = 120;

interface Pick extends vscode.QuickPickItem {
  threadId: string;
}

/** The id of the thread that was picked; undefined when the user left. */
export async function findThread(services: Services): Promise<string | undefined> {
  const { store } = await services.engine();
  const owned = new DisposableStore();
  const pick = vscode.window.createQuickPick<Pick>();
  owned.add(pick);
  pick.title = t('Countersign: Find Thread');
  pick.placeholder = t('Words of a title, or of something that was said');
  let search = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async (text: string): Promise<void> => {
    search.abort();
    const own = new AbortController();
    search = own;
    pick.busy = true;
    const hits = text.trim() === '' ? await newest(store) : await found(store, text, own.signal);
    const picks = await Promise.all(hits.map((hit) => toPick(store, hit)));
    if (own.signal.aborted) return;
    pick.items = picks;
    pick.busy = false;
  };
  const start = (text: string): void => {
    look(text).catch((error: unknown) => {
      pick.busy = false;
      services.logger.error('threads could not be searched', error);
    });
  };
  owned.add(
    pick.onDidChangeValue((text) => {
      clearTimeout(timer);
      search.abort();
      timer = setTimeout(start, PAUSE_MS, text);
    }),
  );
  start('');
  try {
    return await new Promise((resolve) => {
      pick.onDidAccept(() => {
        const [chosen] = pick.selectedItems;
        if (chosen) resolve(chosen.threadId);
      });
      pick.onDidHide(() => {
        resolve(undefined);
      });
      pick.show();
    });
  } finally {
    clearTimeout(timer);
    search.abort();
    owned.dispose();
  }
}

async function found(store: Store, text: string, signal: AbortSignal): Promise<ThreadHit[]> {
  return store.searchThreads({ text, limit: MOST, signal });
}

async function newest(store: Store): Promise<ThreadHit[]> {
  const underWay = await store.threadsUnderWay();
  const atRest = await store.threadsAtRest({ archived: false, limit: MOST });
  return [...underWay, ...atRest].slice(0, MOST).map(({ id }) => ({ threadId: id, excerpt: null }));
}

/** Always shown: the store found it, whatever VS Code would find in the label. */
async function toPick(store: Store, { threadId, excerpt }: ThreadHit): Promise<Pick> {
  return {
    label: plainPick(titleOf(await store.getThread(threadId))),
    ...(isTemporary(threadId) && { description: 'temporary' }),
    ...(excerpt !== null && { detail: plainPick(excerpt) }),
    alwaysShow: true,
    threadId,
  };
}
