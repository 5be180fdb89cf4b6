// Keeps what is typed into diff editors: stored a moment after the last key, and brought to this window's editors when
// it was typed in another.
import { DisposableStore, toDisposable, type Disposable } from '../core/base/lifecycle.ts';
import type { Contribution } from './contribution.ts';
import type { DraftRow } from '../core/ports/draftStore.ts';
import type { DiffDraft } from './diffEditors.ts';
import { cardWithDropped } from './hunkDraft.ts';
import type { OpenedEngine } from '../core/services.ts';
import type { Services } from './services.ts';

/** Milliseconds for which typing may go on unstored. */
const SETTLE = 250;

export const diffDrafts: Contribution = {
  name: 'diff drafts',
  register: (services) => {
    const owned = new DisposableStore();
    owned.add(keepDrafts(services));
    services.diffs.adoptOpen().catch((error: unknown) => {
      services.logger.error('an open diff editor could not be filled', error);
    });
    services.whenOpened((opened) => follow(services, opened));
    return owned;
  },
};

function keepDrafts(services: Services): Disposable {
  const owned = new DisposableStore();
  const waiting = new Map<string, { draft: DiffDraft; timer: ReturnType<typeof setTimeout> }>();
  owned.add(
    services.diffs.onDraft((draft) => {
      const key = JSON.stringify([draft.actionId, draft.callId]);
      // From the first key on: someone who never stops typing loses no more than someone who does.
      const timer = waiting.get(key)?.timer ?? setTimeout(() => store(key), SETTLE);
      waiting.set(key, { draft, timer });
    }),
  );
  owned.add(
    toDisposable(() => {
      for (const { timer } of waiting.values()) clearTimeout(timer);
    }),
  );
  const store = (key: string): void => {
    const draft = waiting.get(key)?.draft;
    waiting.delete(key);
    if (!draft) return;
    services
      .engine()
      .then((opened) => save(opened, draft))
      .catch((error: unknown) => services.logger.error('a draft could not be kept', error));
  };
  return owned;
}

/** A text that is made of the agent's changes is kept as a choice among them, which the card shows; any other as it is. */
async function save({ engine, store }: OpenedEngine, draft: DiffDraft): Promise<void> {
  const { actionId, callId, proposalHash, content, dropped } = draft;
  const rows = await store.draftsOfAction(actionId);
  const stored = rows.find((row) => row.callId === callId && row.proposalHash === proposalHash);
  const card = content === null ? cardWithDropped(stored?.card ?? null, dropped) : undefined;
  await engine.saveDraft({ actionId, callId, proposalHash, content, ...(card && { card }) });
}

/** Drafts of other windows, and of a webview here, reach the diff editors that are open. */
function follow(services: Services, { engine, store }: OpenedEngine): Disposable {
  const owned = new DisposableStore();
  const { diffs } = services;
  const take = (draft: DraftRow): Promise<void> => diffs.takeDraft(draft);
  const failed = (error: unknown): void => services.logger.error('a draft was not shown', error);
  owned.add(
    engine.onEvent((event) => {
      if (event.type === 'draft') take(event.draft).catch(failed);
    }),
  );
  const reload = async (): Promise<void> => {
    for (const actionId of diffs.openActions()) {
      for (const draft of await store.draftsOfAction(actionId)) await take(draft);
    }
  };
  owned.add(
    store.onExternalChange(() => {
      reload().catch(failed);
    }),
  );
  return owned;
}
