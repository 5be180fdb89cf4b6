// The store of temporary threads, behind the front that sends each call where its id says.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BothSavers } from '../../src/node/sqlite/bothSavers.ts';
import { createBothStores } from '../../src/node/sqlite/bothStores.ts';
import { lazyMemory } from '../../src/node/sqlite/memory.ts';
import { openStore } from '../../src/node/sqlite/openStore.ts';
import { storeAttachmentsContract } from './storeAttachments.contract.ts';
import { storeLibraryContract } from './storeLibrary.contract.ts';
import type { StoreSubject } from './storeSubject.ts';

const logger = { debug() {}, info() {}, warn() {}, error() {} };
const clock = { now: () => 1000 };

async function makeSubject(): Promise<StoreSubject> {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-memory-'));
  const kept = await openStore({ file: path.join(folder, 'state.db'), logger, clock });
  const memory = lazyMemory({ logger, clock });
  await memory.open();
  const store = createBothStores(kept.store, memory);
  const none = async (): Promise<never> => {
    throw new Error('memory has one window and no other day');
  };
  return {
    store,
    checkpointer: new BothSavers(kept.checkpointer, memory),
    reopen: none,
    openSecond: none,
    tamper: () => undefined,
    close: async () => {
      store.dispose();
      await rm(folder, { recursive: true });
    },
  };
}

describe('Store: memory', () => {
  storeLibraryContract(makeSubject, '~');
  storeAttachmentsContract(makeSubject, '~');
});
