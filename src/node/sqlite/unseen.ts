// Table `unseen_file`: files that an edit changed which nobody was asked about, one row each, until the user looks.
import { z } from 'zod';
import { isTemporary } from '../../protocol/temporary.ts';
import type { UnseenChange, UnseenStore } from '../../core/ports/unseenStore.ts';
import type { Connection } from './connection.ts';
import type { Db } from './database.ts';
import { rowReader } from './rows.ts';

/**
 * `seen_hash` is what the file held before the first unasked edit. `shown` marks an edit under way that leaves nothing unseen
 * once it is written: not before, because an edit that fails leaves what was there. No reference to the turn: the row is
 * about the disk, and stays when a thread goes.
 */
export const UNSEEN_SCHEMA = `
CREATE TABLE unseen_file (
  real_path TEXT NOT NULL PRIMARY KEY,
  hash TEXT,
  seen_hash TEXT,
  turn_id TEXT,
  call_id TEXT,
  at INTEGER NOT NULL,
  shown INTEGER NOT NULL DEFAULT 0 CHECK (shown IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER unseen_file_shown AFTER UPDATE OF state ON tool_call
WHEN new.state = 'done' AND new.outcome = 'ok'
BEGIN
  DELETE FROM unseen_file WHERE turn_id = new.turn_id AND call_id = new.call_id AND shown = 1;
END;
`;

interface CallKey {
  turnId: string;
  callId: string;
}

/** Changes the rows inside the caller's transaction; a row names no call of a temporary thread. */
type UnseenWriter = (change: UnseenChange, at: number, call: CallKey | null) => void;

export function unseenWriter(db: Db): UnseenWriter {
  const add = db.prepare(
    `INSERT INTO unseen_file (real_path, hash, seen_hash, turn_id, call_id, at)
     VALUES (@realPath, @newHash, @baseHash, @turnId, @callId, @at)
     ON CONFLICT (real_path) DO UPDATE SET hash = excluded.hash, turn_id = excluded.turn_id,
       call_id = excluded.call_id, at = excluded.at, shown = excluded.hash IS seen_hash`,
  );
  const renew = db.prepare(
    `UPDATE unseen_file SET hash = @newHash, turn_id = @turnId, call_id = @callId, at = @at,
       shown = @whole OR @newHash IS seen_hash
     WHERE real_path = @realPath`,
  );
  // A row without a hash may be of a move or a deletion that failed: the file is still there, and not seen.
  const carry = db.prepare(
    `INSERT INTO unseen_file (real_path, hash, seen_hash, turn_id, call_id, at)
     SELECT @toReal, coalesce(hash, @hash), NULL, @turnId, @callId, @at FROM unseen_file WHERE real_path = @realPath
     ON CONFLICT (real_path) DO UPDATE SET hash = excluded.hash, turn_id = excluded.turn_id,
       call_id = excluded.call_id, at = excluded.at, shown = 0`,
  );
  const look = db.prepare('DELETE FROM unseen_file WHERE real_path = @realPath AND hash IS @hash');
  return (change, at, call) => {
    if (change.kind === 'looked') {
      for (const { realPath, hash } of change.files) look.run({ realPath, hash });
      return;
    }
    const named =
      call !== null && !isTemporary(call.turnId) ? call : { turnId: null, callId: null };
    const own = { at, turnId: named.turnId, callId: named.callId };
    if (change.kind === 'move') {
      const { realPath, toReal, hash, shown } = change;
      if (shown === 'none') {
        add.run({ ...own, realPath, newHash: null, baseHash: hash });
        add.run({ ...own, realPath: toReal, newHash: hash, baseHash: null });
        return;
      }
      const carried = carry.run({ ...own, realPath, toReal, hash }).changes > 0;
      if (!carried) renew.run({ ...own, realPath: toReal, newHash: hash, whole: 1 });
      renew.run({ ...own, realPath, newHash: null, whole: 1 });
      return;
    }
    const { realPath, baseHash, newHash, shown } = change;
    const columns = { ...own, realPath, newHash };
    if (shown === 'none') add.run({ ...columns, baseHash });
    else renew.run({ ...columns, whole: shown === 'whole' ? 1 : 0 });
  };
}

const Row = z.object({ realPath: z.string(), hash: z.string().nullable() });

export function createUnseenStore({ db, logger, read, write }: Connection): UnseenStore {
  const rows = rowReader('unseen_file', ['realPath'], Row, logger);
  const all = db.prepare('SELECT real_path AS realPath, hash FROM unseen_file ORDER BY real_path');
  const change = unseenWriter(db);
  return {
    // A damaged row is not left out: the file it names would count as seen.
    unseenFiles: () => read(() => all.all().flatMap((row) => rows.one(row) ?? [])),
    changeUnseen: (...[move, at]) => write(() => change(move, at, null)),
  };
}
