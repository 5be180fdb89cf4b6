// What a suite over any Store needs of the one under test.
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { AppError } from '../../src/core/base/errors.ts';
import type { Store } from '../../src/core/ports/store.ts';

/** The key of consent of a subject's own stores: 64 hex digits. */
export const KEY = '5'.repeat(64);

/** One state that lives for one test. */
export interface StoreSubject {
  store: Store;
  checkpointer: BaseCheckpointSaver;
  /** Closes the store and opens the same state again. */
  reopen: () => Promise<void>;
  /** A second store on the same state, as another window has it; with another key of consent when it is said. */
  openSecond: (key?: string) => Promise<Store>;
  /** Runs SQL on the state, as someone would who has the file and no key. */
  tamper: (sql: string) => void;
  close: () => Promise<void>;
}

export type MakeSubject = () => Promise<StoreSubject>;

export const hasCode =
  (code: string) =>
  (thrown: unknown): boolean =>
    thrown instanceof AppError && thrown.code === code;

/** Gives `body` a fresh subject and closes it, whatever happens. */
export function withSubject(make: MakeSubject, body: (subject: StoreSubject) => Promise<void>) {
  return async (): Promise<void> => {
    const subject = await make();
    try {
      await body(subject);
    } finally {
      await subject.close();
    }
  };
}
