import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { createConnection } from '../../../../src/node/sqlite/connection.ts';
import type { Db } from '../../../../src/node/sqlite/database.ts';
import {
  changeDetector,
  POLL_MS,
  watchExternalChanges,
} from '../../../../src/node/sqlite/watch.ts';
import { keepingLogger, tamper, withFile } from './support.ts';

const NEVER = 2 ** 31 - 1;

interface Watched {
  theirs: Db;
  /** Resolves when the listener was called `n` times in all. */
  calls: (n: number) => Promise<void>;
  lines: string[];
}

/** Two connections to one file, the first one watched as if it lay at `seenAs`. */
async function watching(
  file: string,
  options: { seenAs: string; pollEvery?: number },
  body: (watched: Watched) => Promise<void>,
): Promise<void> {
  await tamper(file, async (ours) => {
    ours.exec('PRAGMA journal_mode=WAL; CREATE TABLE t (n)');
    await tamper(file, async (theirs) => {
      let count = 0;
      let wake = (): void => {};
      const logger = keepingLogger();
      const connection = createConnection(ours, options.seenAs, {
        ...{ logger, clock: { now: () => 1 } },
      });
      const onChange = (): void => {
        count += 1;
        wake();
      };
      const watcher = watchExternalChanges(connection, onChange, options.pollEvery);
      const calls = async (n: number): Promise<void> => {
        while (count < n) await new Promise<void>((resolve) => (wake = resolve));
      };
      try {
        await body({ theirs, calls, lines: logger.lines });
      } finally {
        watcher.dispose();
      }
    });
  });
}

describe('watching for commits of others', () => {
  it(
    'tells of each commit of another connection once, and never of our own',
    withFile((file) =>
      tamper(file, (ours) =>
        tamper(file, (theirs) => {
          ours.exec('PRAGMA journal_mode=WAL; CREATE TABLE t (n)');
          const changed = changeDetector({ db: ours, logger: keepingLogger() });
          const after = (db: Db): boolean[] => {
            db.exec('INSERT INTO t VALUES (1)');
            return [changed(), changed()];
          };
          assert.equal(changed(), false);
          assert.deepEqual(after(theirs), [true, false]);
          assert.deepEqual(after(ours), [false, false]);
          assert.deepEqual(after(theirs), [true, false]);
        }),
      ),
    ),
  );

  it(
    'the folder alone is enough',
    withFile((file) =>
      watching(file, { seenAs: file, pollEvery: NEVER }, async ({ theirs, calls }) => {
        for (let n = 1; n <= 3; n += 1) {
          theirs.exec('INSERT INTO t VALUES (1)');
          await calls(n);
        }
      }),
    ),
  );

  it(
    'polling alone is enough where the folder cannot be watched, and that is logged',
    withFile((file) => {
      const seenAs = join(dirname(file), 'absent', 'state.db');
      return watching(file, { seenAs, pollEvery: 5 }, async ({ theirs, calls, lines }) => {
        assert.match(lines.join(), /cannot be watched, only polled/);
        theirs.exec('INSERT INTO t VALUES (1)');
        await calls(1);
        theirs.exec('INSERT INTO t VALUES (2)');
        await calls(2);
      });
    }),
  );

  it(
    'a window whose folder tells nothing sees a change within 500 ms all the same (H66)',
    withFile((file) => {
      const seenAs = join(dirname(file), 'absent', 'state.db');
      // Twice the time between two looks, so that a look that comes late is early enough.
      assert.ok(POLL_MS * 2 <= 500);
      return watching(file, { seenAs }, async ({ theirs, calls }) => {
        theirs.exec('INSERT INTO t VALUES (1)');
        await calls(1);
      });
    }),
  );
});
