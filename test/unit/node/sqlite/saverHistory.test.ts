// Our saver against the stock one: whatever a session does, both hold the same.
// COUNTERSIGN_SESSIONS runs more of them, COUNTERSIGN_SEED other ones.
import assert from 'node:assert/strict';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import { TurnCheckpointer } from '../../../../src/node/sqlite/checkpointer.ts';
import { createConnection } from '../../../../src/node/sqlite/connection.ts';
import { loadDriver, type Db } from '../../../../src/node/sqlite/database.ts';
import { openDatabase } from '../../../../src/node/sqlite/openDatabase.ts';
import { contents, nextStep, random, type SaverSubject } from './saverSessions.ts';
import { keepingLogger, NOW, withFile } from './support.ts';

const SESSIONS = Number(process.env['COUNTERSIGN_SESSIONS'] ?? 50);
const SEED = Number(process.env['COUNTERSIGN_SEED'] ?? 1);
const STEPS = 9;

async function subject(open: () => Promise<{ db: Db; saver: SaverSubject['saver'] }>) {
  let opened = await open();
  const own: SaverSubject = {
    saver: opened.saver,
    reopen: async () => {
      opened.db.close();
      opened = await open();
      own.saver = opened.saver;
    },
    close: () => opened.db.close(),
  };
  return own;
}

const ours = (file: string): Promise<SaverSubject> =>
  subject(async () => {
    const { db } = await openDatabase(file, { now: () => NOW });
    const services = { logger: keepingLogger(), clock: { now: () => NOW } };
    return { db, saver: new TurnCheckpointer(createConnection(db, file, services)) };
  });

const stock = (file: string): Promise<SaverSubject> =>
  subject(async () => {
    const db = (await loadDriver({}))(file, {});
    return { db, saver: new SqliteSaver(db) };
  });

async function compareSession(file: string, seed: number): Promise<number> {
  const style = seed % 3 === 0 ? 'langchain' : 'plain';
  const subjects = [await ours(file), await stock(`${file}-stock`)] as const;
  try {
    for (let step = 0; step < STEPS; step += 1) {
      for (const each of subjects) {
        const pick = random(seed * 1000 + step);
        await nextStep(pick)(each, style);
      }
      const [mine, theirs] = await Promise.all(subjects.map(({ saver }) => contents(saver)));
      assert.deepEqual(mine, theirs, `seed ${seed}, step ${step}`);
      if (step === STEPS - 1) return mine?.length ?? 0;
    }
    return 0;
  } finally {
    for (const each of subjects) each.close();
  }
}

describe('saver against the stock saver', () => {
  it(`${SESSIONS} random sessions leave the same checkpoints`, async () => {
    let checkpoints = 0;
    for (let n = 0; n < SESSIONS; n += 1) {
      await withFile(async (file) => {
        checkpoints += await compareSession(file, SEED + n);
      })();
    }
    assert.ok(checkpoints > SESSIONS * 10, `only ${checkpoints} checkpoints were compared`);
  }).timeout(600_000);
});
