// LangGraph's SQLite saver on our open database, with tables of our own: each message is stored once, a checkpoint
// holds what changed, and stored text is only ever read as data. Its parts are in saver*.ts.
import type { RunnableConfig } from '@langchain/core/runnables';
import type {
  ChannelVersions,
  Checkpoint,
  CheckpointListOptions,
  CheckpointMetadata,
  CheckpointTuple,
  PendingWrite,
} from '@langchain/langgraph-checkpoint';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import { AppError } from '../../core/base/errors.ts';
import { checkpointDeleter } from './checkpointTables.ts';
import type { Connection } from './connection.ts';
import { damagedRow } from './rows.ts';
import { createFence, type FenceOptions } from './saverFence.ts';
import { createIdleMaintenance, type IdleMaintenance } from './saverIdle.ts';
import { createItemTable } from './saverItems.ts';
import { checkpointLister } from './saverList.ts';
import { createListTable } from './saverLists.ts';
import { createPruner, type SaverPruner } from './saverPrune.ts';
import { checkpointPutter, writePutter, type SaverParts, type Target } from './saverPut.ts';
import { checkpointReader, type FoundCheckpoint } from './saverRead.ts';
import { createSaverRows } from './saverRows.ts';
import { openStockTables } from './saverStock.ts';
import { createThreadTable } from './saverTransaction.ts';
import { createValueCodec } from './saverValues.ts';
import { plainJsonSerde } from './serde.ts';

export interface CheckpointerOptions {
  /** Newest checkpoints to keep of each namespace, for threads that are turns. All of them when it is missing. */
  keepOfTurns?: number;
  /** Who may write. Everyone when it is missing. */
  fence?: FenceOptions;
  /** Milliseconds without a write after which the file is tidied. Never when it is missing. */
  tidyAfter?: number;
  /** Messages of plain data are read as frozen objects that all readers share, instead of copies that are theirs to edit. */
  sharedMessages?: boolean;
}

/** Versions are unique enough to be keys: branches of a thread give the same number to different values otherwise. */
const FRACTIONS = 1e9;

/**
 * LangGraph's `thread_id` is the turn's id. Methods throw the same AppErrors as the store, and `store_fenced`. Reads
 * threads that the stock saver wrote to the same file.
 */
export class TurnCheckpointer extends SqliteSaver {
  readonly #connection: Connection;
  readonly #read: (target: Target) => Promise<FoundCheckpoint | undefined>;
  readonly #putCheckpoint: ReturnType<typeof checkpointPutter>;
  readonly #putWrites: ReturnType<typeof writePutter>;
  readonly #list: ReturnType<typeof checkpointLister>;
  readonly #deleteThread: (threadId: string) => void;
  readonly #pruner: SaverPruner;
  readonly #parts: SaverParts;
  readonly #idle: IdleMaintenance;

  constructor(connection: Connection, options: CheckpointerOptions = {}) {
    super(connection.db, plainJsonSerde);
    const { db } = connection;
    const items = createItemTable(db, { shared: options.sharedMessages ?? false });
    const stock = openStockTables(db);
    this.#connection = connection;
    this.#pruner = createPruner(db, stock, options.keepOfTurns);
    this.#parts = {
      ...{ connection, stock },
      threads: createThreadTable(db),
      rows: createSaverRows(db),
      codec: createValueCodec(items, createListTable(db)),
      fence: createFence(db, options.fence),
      pruner: this.#pruner,
    };
    const nextVersion = (current: number | undefined): number => this.getNextVersion(current);
    this.#read = checkpointReader({ ...this.#parts, items, nextVersion });
    this.#list = checkpointLister(this.#parts);
    this.#putCheckpoint = checkpointPutter(this.#parts);
    this.#putWrites = writePutter(this.#parts);
    this.#deleteThread = checkpointDeleter(db);
    this.#idle = createIdleMaintenance(connection, options.tidyAfter);
    this.#idle.touch();
  }

  /** The tables come with the schema; the base would make its own and switch the journal mode. */
  protected override setup(): void {
    this.isSetup = true;
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const target = targetOf(config);
    if (!target) return undefined;
    const found = await this.#found(target);
    if (!found) return undefined;
    return toTuple(target, found, target.id ? config : undefined);
  }

  override async *list(
    config: RunnableConfig,
    options?: CheckpointListOptions,
  ): AsyncGenerator<CheckpointTuple> {
    for (const target of await this.#list(config, options)) {
      const found = await this.#found(target);
      if (found) yield toTuple(target, found, undefined);
    }
  }

  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions?: ChannelVersions,
  ): Promise<RunnableConfig> {
    const target = neededTarget(config);
    this.#idle.touch();
    await this.#putCheckpoint(target, { checkpoint, metadata, newVersions });
    return toConfig({ ...target, id: checkpoint.id });
  }

  override async putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
    taskPath = '',
  ): Promise<void> {
    const { id, ...target } = neededTarget(config);
    if (!id) throw missing('checkpoint_id');
    await this.#putWrites({ ...target, id }, { writes, taskId, taskPath });
  }

  override async deleteThread(threadId: string): Promise<void> {
    this.#idle.touch();
    await this.#connection.write(() => this.#deleteThread(threadId));
  }

  /** Keeps the newest checkpoints of each namespace of a thread, and the messages that these need. */
  async prune(threadId: string, keep: number): Promise<void> {
    await this.#connection.write(() => {
      const thread = this.#parts.threads.find(threadId);
      if (thread) this.#pruner.prune(thread, keep);
    });
  }

  /** Gives free space back now. Never rejects; stops when something is written. */
  async tidy(): Promise<void> {
    await this.#idle.run();
  }

  /** Greater than `current` by about one, as the stock saver counts, and never the same twice. */
  override getNextVersion(current: number | undefined): number {
    return Math.floor(current ?? 0) + 1 + Math.floor(Math.random() * FRACTIONS) / FRACTIONS;
  }

  /** Pending sends of old checkpoints are read where the checkpoint is read. */
  protected override async migratePendingSends(): Promise<void> {
    return Promise.resolve();
  }

  async #found(target: Target): Promise<FoundCheckpoint | undefined> {
    try {
      return await this.#read(target);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'store_damaged_row') throw error;
      throw damagedRow('checkpoint', target.threadId, error.message);
    }
  }
}

/** Undefined for a config that names no thread. */
function targetOf({ configurable }: RunnableConfig): Target | undefined {
  const threadId: unknown = configurable?.['thread_id'];
  if (typeof threadId !== 'string' && typeof threadId !== 'number') return undefined;
  const ns: unknown = configurable?.['checkpoint_ns'];
  const id: unknown = configurable?.['checkpoint_id'];
  return {
    threadId: String(threadId),
    ns: typeof ns === 'string' ? ns : '',
    id: typeof id === 'string' && id !== '' ? id : undefined,
  };
}

function neededTarget(config: RunnableConfig): Target {
  const target = targetOf(config);
  if (!target || target.threadId === '') throw missing('thread_id');
  return target;
}

function missing(key: string): AppError {
  return new AppError('store_failed', `A checkpoint needs configurable.${key}.`, {
    audience: 'log',
  });
}

function toConfig({ threadId, ns, id }: Target): RunnableConfig {
  return { configurable: { thread_id: threadId, checkpoint_ns: ns, checkpoint_id: id } };
}

/** `config` is the caller's own, when it named the checkpoint. */
function toTuple(
  { threadId, ns }: Target,
  { checkpoint, metadata, parentId, pendingWrites }: FoundCheckpoint,
  config: RunnableConfig | undefined,
): CheckpointTuple {
  return {
    config: config ?? toConfig({ threadId, ns, id: checkpoint.id }),
    checkpoint,
    ...(metadata && { metadata }),
    ...(parentId && { parentConfig: toConfig({ threadId, ns, id: parentId }) }),
    pendingWrites,
  };
}
