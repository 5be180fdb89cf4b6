// The store's contract, run against the real one in temporary files.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Store } from '../../src/core/ports/store.ts';
import { openStore } from '../../src/node/sqlite/openStore.ts';
import { createSealer } from '../../src/node/sealer.ts';
import { storeContract } from './store.contract.ts';
import { KEY, type StoreSubject } from './storeSubject.ts';

const logger = { debug() {}, info() {}, warn() {}, error() {} };
const clock = { now: () => 1000 };

async function makeSubject(): Promise<StoreSubject> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-store-'));
  const file = join(folder, 'state.db');
  const open = (key = KEY) => {
    const sealer = createSealer({ secrets: { get: async () => key }, logger });
    return openStore({ file, logger, clock, sealer });
  };
  const others: Store[] = [];
  const subject: StoreSubject = {
    ...(await open()),
    reopen: async () => {
      subject.store.dispose();
      Object.assign(subject, await open());
    },
    openSecond: async (key) => {
      const { store } = await open(key);
      others.push(store);
      return store;
    },
    tamper: (sql) => {
      const db = new Database(file);
      db.pragma('foreign_keys=OFF');
      db.exec(sql);
      db.close();
    },
    close: async () => {
      for (const store of [subject.store, ...others]) store.dispose();
      await rm(folder, { recursive: true });
    },
  };
  return subject;
}

storeContract('SQLite', makeSubject);
