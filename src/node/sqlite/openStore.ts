// The store as the rest of the program gets it: one file, one connection, the tables' groups and the checkpointer.
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { Emitter } from '../../core/base/event.ts';
import { DisposableStore, toDisposable } from '../../core/base/lifecycle.ts';
import type { ConsentStore } from '../../core/ports/consentStore.ts';
import type { Store } from '../../core/ports/store.ts';
import type { Clock, Logger } from '../../core/ports/system.ts';
import { noSealer, type Sealer } from '../sealer.ts';
import { createActionStore } from './actions.ts';
import { createBackgroundStore } from './background.ts';
import { createAttachmentStore } from './attachments.ts';
import { createBlobStore } from './blobs.ts';
import { createConsentStore } from './consent.ts';
import {
  createConnection,
  whileDriving,
  type Connection,
  type ConnectionServices,
} from './connection.ts';
import { createAwakeClock } from './awake.ts';
import { MEMORY, type Db } from './database.ts';
import { createDraftStore } from './drafts.ts';
import { drivenHereOrNoTurn } from './driven.ts';
import { createEventStore } from './events.ts';
import { createJournalStore } from './journal.ts';
import { createLeaseStore } from './leases.ts';
import { createLedgerStore } from './ledger.ts';
import { createLibraryStore } from './library.ts';
import { createSummaryStore } from './summaries.ts';
import { createThreadStore } from './threads.ts';
import { createTitleStore } from './titles.ts';
import { createTurnStore } from './turns.ts';
import { openDatabase, type OpenOptions } from './openDatabase.ts';
import { createUndoStore } from './undo.ts';
import { createUnseenStore } from './unseen.ts';
import { createWindowStore } from './windows.ts';
import { watchExternalChanges } from './watch.ts';

export interface OpenStoreOptions
  extends Pick<OpenOptions, 'nativeBinding' | 'probeWal'>, Pick<ConnectionServices, 'deadlines'> {
  /** Absolute path; its folder is created when missing. `MEMORY`: nothing of it is ever on disk. */
  file: string;
  logger: Logger;
  clock: Clock;
  /** Milliseconds for which this process has been awake; see awake.ts. */
  awake?: () => number;
  /** Without it nothing is remembered beyond its call. */
  sealer?: Sealer;
}

export interface OpenedStore {
  /** Owns the connection: disposing it closes the file, for the checkpointer too. */
  store: Store;
  checkpointer: BaseCheckpointSaver;
  /** Sentences for the user, e.g. where a damaged file was moved to. */
  notices: string[];
}

/** Opens or creates the state file. Throws what `openDatabase` throws. */
export async function openStore(options: OpenStoreOptions): Promise<OpenedStore> {
  const now = (): number => options.clock.now();
  const { db, notices } = await openDatabase(options.file, { ...options, now });
  try {
    return { ...(await attachStore(db, options)), notices };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The store and the checkpointer on a database that is open and migrated. */
export async function attachStore(
  db: Db,
  options: Pick<OpenStoreOptions, 'file' | 'logger' | 'clock' | 'awake' | 'deadlines' | 'sealer'>,
): Promise<Omit<OpenedStore, 'notices'>> {
  const { file, logger, clock, deadlines } = options;
  const owned = new DisposableStore();
  const awake = options.awake ?? owned.add(createAwakeClock()).now;
  const connection = createConnection(db, file, { logger, clock, awake, deadlines });
  const { TurnCheckpointer } = await import('./checkpointer.ts');
  const { owner } = connection;
  const fence = { sql: drivenHereOrNoTurn('@threadId'), params: () => ({ owner }) };
  const kept = { keepOfTurns: 4, tidyAfter: 2000, sharedMessages: true };
  const checkpointer = new TurnCheckpointer(connection, { ...kept, fence });
  const consent = createConsentStore(connection, options.sealer ?? noSealer, WORKSPACE_SCOPES);
  return { store: createStore(connection, owned, consent), checkpointer };
}

/** What a workspace's file is for; `always` lies in a file of the user's. */
const WORKSPACE_SCOPES = ['turn', 'thread', 'workspace'] as const;

function createStore(connection: Connection, owned: DisposableStore, consent: ConsentStore): Store {
  const changes = owned.add(
    new Emitter<void>((error) => connection.logger.error('A store listener failed', error)),
  );
  const { leave, ...windows } = createWindowStore(connection);
  owned.add(toDisposable(leave));
  const driving = whileDriving(connection);
  let watching = false;
  const startWatching = (): void => {
    if (watching || connection.file === MEMORY) return;
    watching = true;
    owned.add(watchExternalChanges(connection, () => changes.fire()));
  };
  owned.add(toDisposable(() => connection.db.close()));
  return {
    ...createThreadStore(connection),
    ...createLibraryStore(connection),
    ...createTurnStore(connection),
    ...createJournalStore(driving),
    ...createLeaseStore(connection),
    ...createSummaryStore(connection),
    ...createTitleStore(connection),
    ...createLedgerStore(connection),
    ...createActionStore(connection),
    ...createDraftStore(connection),
    ...createUnseenStore(driving),
    ...createUndoStore(connection),
    ...createBackgroundStore(connection),
    ...consent,
    ...windows,
    ...createEventStore(driving),
    ...createBlobStore(driving),
    ...createAttachmentStore(connection),
    onExternalChange: (listener) => {
      startWatching();
      return changes.event(listener);
    },
    dispose: () => owned.dispose(),
  };
}
