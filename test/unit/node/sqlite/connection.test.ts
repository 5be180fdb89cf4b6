import assert from 'node:assert/strict';
import { createConnection } from '../../../../src/node/sqlite/connection.ts';
import { openDatabase } from '../../../../src/node/sqlite/openDatabase.ts';
import { keepingLogger, NOW, withFile } from './support.ts';

const [NORMAL, FULL] = [1, 2];

describe('connection: what a commit waits for', () => {
  for (const [journal, wal, soon] of [
    ['a write-ahead log', true, NORMAL],
    ['a rollback journal', false, FULL],
  ] as const) {
    it(
      `with ${journal}`,
      withFile(async (file) => {
        const { db } = await openDatabase(file, { now: () => NOW, probeWal: () => wal });
        try {
          const { write, writeSoon } = createConnection(db, file, {
            logger: keepingLogger(),
            clock: { now: () => NOW },
          });
          const level = (): number => Number(db.pragma('synchronous', { simple: true }));
          assert.equal(level(), FULL);
          assert.equal(await writeSoon(level), soon);
          assert.equal(await write(level), FULL);
          await assert.rejects(
            writeSoon(() => {
              throw new Error('failed');
            }),
          );
          assert.equal(await write(level), FULL);
          assert.equal(await writeSoon(level), soon);
        } finally {
          db.close();
        }
      }),
    );
  }
});
