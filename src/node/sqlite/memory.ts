// The database of temporary threads: the schema and the code of the state file, in the memory of this process alone.
import { MEMORY } from './database.ts';
import { openStore, type OpenedStore, type OpenStoreOptions } from './openStore.ts';

/** Disposing its store, or the end of the process, is the end of everything in it. */
export type MemorySide = Pick<OpenedStore, 'store' | 'checkpointer'>;

/** Opened on first use: most windows never have a temporary thread. */
export interface LazyMemory {
  open(): Promise<MemorySide>;
  /** Undefined while nobody has asked for it. */
  opened(): Promise<MemorySide> | undefined;
}

export function lazyMemory(options: Omit<OpenStoreOptions, 'file' | 'probeWal'>): LazyMemory {
  let opening: Promise<MemorySide> | undefined;
  return {
    open: () =>
      (opening ??= openStore({ ...options, file: MEMORY }).catch((error: unknown) => {
        opening = undefined;
        throw error;
      })),
    opened: () => opening,
  };
}
