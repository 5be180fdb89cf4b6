// The checkpointers of the state file and of temporary threads as one: each call goes where its turn's id says.
import type { RunnableConfig } from '@langchain/core/runnables';
import {
  BaseCheckpointSaver,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointTuple,
  type PendingWrite,
} from '@langchain/langgraph-checkpoint';
import { isTemporary } from '../../protocol/temporary.ts';
import type { LazyMemory } from './memory.ts';

/** Throws what the two throw. A config that names no thread is the state file's. */
export class BothSavers extends BaseCheckpointSaver {
  readonly #kept: BaseCheckpointSaver;
  readonly #memory: LazyMemory;

  constructor(kept: BaseCheckpointSaver, memory: LazyMemory) {
    super(kept.serde);
    this.#kept = kept;
    this.#memory = memory;
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    return (await this.#of(config)).getTuple(config);
  }

  override async *list(
    config: RunnableConfig,
    options?: CheckpointListOptions,
  ): AsyncGenerator<CheckpointTuple> {
    yield* (await this.#of(config)).list(config, options);
  }

  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    return (await this.#of(config)).put(config, checkpoint, metadata, newVersions);
  }

  override async putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
    taskPath?: string,
  ): Promise<void> {
    await (await this.#of(config)).putWrites(config, writes, taskId, taskPath);
  }

  override async deleteThread(threadId: string): Promise<void> {
    await (await this.#side(threadId)).deleteThread(threadId);
  }

  override getNextVersion(current: number | undefined): number {
    return this.#kept.getNextVersion(current);
  }

  async #of({ configurable }: RunnableConfig): Promise<BaseCheckpointSaver> {
    const threadId: unknown = configurable?.['thread_id'];
    return this.#side(typeof threadId === 'string' ? threadId : '');
  }

  async #side(threadId: string): Promise<BaseCheckpointSaver> {
    return isTemporary(threadId) ? (await this.#memory.open()).checkpointer : this.#kept;
  }
}
