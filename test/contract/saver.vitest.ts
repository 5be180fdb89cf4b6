// LangGraph's conformance suite for savers, run by vitest (saver.test.ts starts it) on our saver in files of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deltaChannelHistoryTests, validate } from '@langchain/langgraph-checkpoint-validation';
import { TurnCheckpointer } from '../../src/node/sqlite/checkpointer.ts';
import { createConnection } from '../../src/node/sqlite/connection.ts';
import { openDatabase } from '../../src/node/sqlite/openDatabase.ts';

const logger = { debug() {}, info() {}, warn() {}, error() {} };
const clock = { now: () => 1000 };
const closers = new Map<TurnCheckpointer, () => void>();

const initializer = {
  checkpointerName: 'TurnCheckpointer',
  createCheckpointer: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-conformance-'));
    const file = join(folder, 'state.db');
    const { db } = await openDatabase(file, { now: clock.now });
    const saver = new TurnCheckpointer(createConnection(db, file, { logger, clock }));
    closers.set(saver, () => {
      db.close();
      rmSync(folder, { recursive: true });
    });
    return saver;
  },
  destroyCheckpointer: (saver: TurnCheckpointer) => {
    closers.get(saver)?.();
    closers.delete(saver);
  },
};

validate(initializer);
deltaChannelHistoryTests(initializer);
