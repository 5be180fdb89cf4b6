// LangGraph's SQLite saver on our open database: plain JSON, our journal mode, and waits that do not block.
// The saver that stores each message once will replace the base class here.
import type { RunnableConfig } from '@langchain/core/runnables';
import type {
  Checkpoint,
  CheckpointMetadata,
  CheckpointTuple,
  PendingWrite,
} from '@langchain/langgraph-checkpoint';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import { AppError } from '../../core/base/errors.ts';
import type { Connection } from './connection.ts';
import type { Db } from './database.ts';
import { withBusyRetry } from './retry.ts';
import { damagedRow } from './rows.ts';
import { plainJsonSerde } from './serde.ts';

/** LangGraph's `thread_id` is the turn's id. Methods throw the same AppErrors as the store. */
export class TurnCheckpointer extends SqliteSaver {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    super(keepJournalMode(connection.db), plainJsonSerde);
    this.#connection = connection;
  }

  /** Creates LangGraph's tables where they are missing. */
  async createTables(): Promise<void> {
    await this.#connection.read(() => this.setup());
  }

  override getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    return this.#retry(() => super.getTuple(config)).catch((error: unknown) => {
      throw nameRow(error, config);
    });
  }

  override put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
  ): Promise<RunnableConfig> {
    return this.#retry(() => super.put(config, checkpoint, metadata));
  }

  override putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
  ): Promise<void> {
    return this.#retry(() => super.putWrites(config, writes, taskId));
  }

  override deleteThread(threadId: string): Promise<void> {
    return this.#retry(() => super.deleteThread(threadId));
  }

  /** Each of the base's methods is one statement or one transaction, so running it again is safe. */
  #retry<T>(run: () => Promise<T>): Promise<T> {
    return withBusyRetry(this.#connection.file, run);
  }
}

function nameRow(error: unknown, { configurable }: RunnableConfig): unknown {
  if (!(error instanceof AppError) || error.code !== 'store_damaged_row') return error;
  return damagedRow('checkpoints', String(configurable?.['thread_id']), error.message);
}

/** The saver's set-up switches the file to WAL, which database.ts has decided already. */
function keepJournalMode(db: Db): Db {
  return new Proxy(db, {
    get: (target, key) => {
      if (key === 'pragma') return () => undefined;
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
