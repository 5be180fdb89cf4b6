// The store's contract, run against the real one in temporary files.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../src/core/ports/store.ts';
import { openStore } from '../../src/node/sqlite/openStore.ts';
import { storeContract } from './store.contract.ts';
import type { StoreSubject } from './storeSubject.ts';

const logger = { debug() {}, info() {}, warn() {}, error() {} };
const clock = { now: () => 1000 };

async function makeSubject(): Promise<StoreSubject> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-store-'));
  const open = () => openStore({ file: join(folder, 'state.db'), logger, clock });
  const others: Store[] = [];
  const subject: StoreSubject = {
    ...(await open()),
    reopen: async () => {
      subject.store.dispose();
      Object.assign(subject, await open());
    },
    openSecond: async () => {
      const { store } = await open();
      others.push(store);
      return store;
    },
    close: async () => {
      for (const store of [subject.store, ...others]) store.dispose();
      await rm(folder, { recursive: true });
    },
  };
  return subject;
}

storeContract('SQLite', makeSubject);
