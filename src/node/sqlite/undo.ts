// Tables `undo_edit` and `undo_text`: what the edits of a turn changed, and the texts before and after. The last text of a file
// lies there whole, an earlier one as its difference to the one after it where that is smaller.
import { z } from 'zod';
import { UNDOABLE_TURNS, type UndoBase, type UndoStore } from '../../core/ports/undoStore.ts';
import type { SettleCall, StartCall } from '../../core/ports/store.ts';
import type { Proposal } from '../../protocol/calls.ts';
import { systemTexts } from '../system.ts';
import type { Connection } from './connection.ts';
import type { Db } from './database.ts';
import { damagedRow, rowReader } from './rows.ts';
import { applyDifference, differenceTo, ofBody, toBody, type Body } from './undoBodies.ts';

/** A move is two rows: of a file that goes, and of one that comes. A text belongs to a thread and goes with it. `base` names the text that `body` is the difference to. */
export const UNDO_SCHEMA = `
CREATE TABLE undo_edit (
  turn_id TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
  call_id TEXT NOT NULL,
  path TEXT NOT NULL,
  real_path TEXT NOT NULL,
  before_hash TEXT,
  after_hash TEXT,
  encoding TEXT NOT NULL CHECK (encoding IN ('utf8', 'utf8bom')),
  executable INTEGER NOT NULL CHECK (executable IN (0, 1)),
  moved_from TEXT,
  UNIQUE (turn_id, call_id, real_path)
) STRICT;
CREATE TABLE undo_text (
  thread_id TEXT NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
  hash TEXT NOT NULL,
  base TEXT,
  body ANY NOT NULL,
  PRIMARY KEY (thread_id, hash)
) STRICT, WITHOUT ROWID;
`;

interface Kept {
  /** In the transaction that starts the call. */
  keep: () => void;
}

interface UndoWriter {
  /** Before that transaction: long texts are compared and packed without holding the lock. */
  prepare: (move: StartCall) => Kept;
  /** In the transaction that settles the call: what wrote nothing goes, and what follows on an earlier edit is one with it. */
  settle: (move: SettleCall) => void;
  /** In the transaction that ends the turn: what is kept for older turns of its thread goes. */
  tidy: (turnId: string) => void;
}

const THREAD = '(SELECT thread_id FROM turn WHERE turn.id = @turnId)';

export function undoWriter(db: Db): UndoWriter {
  const insert = db.prepare(
    `INSERT OR REPLACE INTO undo_edit
       (turn_id, call_id, path, real_path, before_hash, after_hash, encoding, executable, moved_from)
     VALUES (@turnId, @callId, @path, @realPath, @baseHash, @newHash, @encoding, @executable, @movedFrom)`,
  );
  const keepTexts = textKeeper(db);
  return {
    prepare: ({ turnId, callId, proposal, base }) => {
      const changes = changesOf(proposal);
      const { encoding = 'utf8', executable = false } = base ?? {};
      const own = { turnId, callId, encoding, executable: executable ? 1 : 0 };
      const texts = base && changes.flatMap((change) => packed(base, change));
      return {
        keep: () => {
          for (const { newText: _, ...row } of changes) insert.run({ ...own, ...row });
          if (texts) keepTexts(turnId, texts);
        },
      };
    },
    settle: settler(db),
    tidy: tidier(db),
  };
}

interface FileChange {
  path: string;
  realPath: string;
  baseHash: string | null;
  newHash: string | null;
  newText: string | null;
  movedFrom: string | null;
}

function changesOf(proposal: Proposal): FileChange[] {
  if (proposal.kind === 'edit') {
    const { path, realPath, baseHash, newHash, newText } = proposal;
    return [{ path, realPath, baseHash, newHash, newText, movedFrom: null }];
  }
  if (proposal.kind !== 'move') return [];
  const { path, realPath, to, toReal, baseHash } = proposal;
  const [gone, none] = [{ newHash: null, newText: null }, null];
  return [
    { path, realPath, baseHash, ...gone, movedFrom: none },
    {
      path: to,
      realPath: toReal,
      baseHash: none,
      newHash: baseHash,
      newText: none,
      movedFrom: realPath,
    },
  ];
}

interface Packed {
  hash: string;
  body: Body;
  /** The same as the difference to the text after it. */
  difference?: { to: string; body: Body } | undefined;
}

/** Texts that are what their hashes say, the newer one first. */
function packed(
  base: UndoBase,
  edit: { baseHash: string | null; newHash: string | null; newText: string | null },
): Packed[] {
  const before = named(edit.baseHash, base.text);
  // What was made of nothing is deleted, or left alone when it changed: for that its hash is enough.
  if (!before) return [];
  const after = named(edit.newHash, edit.newText);
  if (!after) return [before];
  const body = differenceTo(after.text, before.text, before.body);
  const difference = body === undefined ? undefined : { to: after.hash, body };
  return [after, { ...before, difference }];
}

function named(hash: string | null, text: string | null): (Packed & { text: string }) | undefined {
  if (hash === null || text === null) return undefined;
  // SQLite's text is UTF-8.
  if (!text.isWellFormed() || systemTexts.sha256(text) !== hash) return undefined;
  return { hash, text, body: toBody(text) };
}

/**
 * Only a text that lies there whole becomes a difference, and only to one that lies there whole: so no chain of them leads back
 * to where it began.
 */
function textKeeper(db: Db): (turnId: string, texts: readonly Packed[]) => void {
  const insert = db.prepare(
    `INSERT INTO undo_text (thread_id, hash, base, body) VALUES (${THREAD}, @hash, NULL, @body)
     ON CONFLICT DO NOTHING`,
  );
  const shrink = db.prepare(
    `INSERT INTO undo_text (thread_id, hash, base, body)
     SELECT thread_id, @hash, hash, @body FROM undo_text
     WHERE thread_id = ${THREAD} AND hash = @to AND hash <> @hash AND base IS NULL
     ON CONFLICT DO UPDATE SET base = excluded.base, body = excluded.body WHERE undo_text.base IS NULL`,
  );
  return (turnId, texts) => {
    for (const { hash, body, difference } of texts) {
      if (difference) shrink.run({ turnId, hash, ...difference });
      insert.run({ turnId, hash, body });
    }
  };
}

const Edit = z
  .object({
    id: z.int(),
    realPath: z.string(),
    beforeHash: z.string().nullable(),
    encoding: z.enum(['utf8', 'utf8bom']),
    executable: z.int(),
    movedFrom: z.string().nullable(),
  })
  .optional();

function settler(db: Db): UndoWriter['settle'] {
  const columns =
    'rowid AS id, real_path AS realPath, before_hash AS beforeHash, encoding, executable, moved_from AS movedFrom';
  const own = db.prepare(`SELECT ${columns} FROM undo_edit WHERE turn_id = ? AND call_id = ?`);
  const earlier = db.prepare(
    `SELECT ${columns} FROM undo_edit WHERE turn_id = @turnId AND real_path = @realPath AND rowid < @id
       AND rowid = (SELECT max(rowid) FROM undo_edit WHERE turn_id = @turnId AND real_path = @realPath AND rowid < @id)
       AND after_hash IS @beforeHash`,
  );
  const remove = db.prepare('DELETE FROM undo_edit WHERE rowid = ?');
  const reach = db.prepare(
    `UPDATE undo_edit SET before_hash = @beforeHash, encoding = @encoding, executable = @executable,
       moved_from = coalesce(moved_from, @movedFrom) WHERE rowid = @id`,
  );
  return ({ turnId, callId, state, outcome, differs }) => {
    if (state === 'unknown') return;
    const wroteNothing = state === 'blocked' || (outcome !== 'ok' && differs !== true);
    for (const found of own.all(turnId, callId)) {
      const row = Edit.parse(found);
      if (!row) continue;
      const before = wroteNothing ? undefined : Edit.parse(earlier.get({ turnId, ...row }));
      if (wroteNothing) remove.run(row.id);
      if (!before) continue;
      remove.run(before.id);
      reach.run({ ...before, id: row.id });
    }
  };
}

function tidier(db: Db): UndoWriter['tidy'] {
  const any = db.prepare('SELECT 1 FROM undo_edit WHERE turn_id = ?');
  const drop = db.prepare(
    `DELETE FROM undo_edit WHERE turn_id IN (
       SELECT turn.id FROM turn WHERE thread_id = ${THREAD}
         AND EXISTS (SELECT 1 FROM undo_edit AS own WHERE own.turn_id = turn.id)
       ORDER BY turn.seq DESC LIMIT -1 OFFSET ${UNDOABLE_TURNS})`,
  );
  const named = (column: string): string =>
    `SELECT ${column} FROM undo_edit JOIN turn ON turn.id = turn_id WHERE turn.thread_id = ${THREAD}`;
  const sweep = db.prepare(
    `DELETE FROM undo_text WHERE thread_id = ${THREAD} AND hash NOT IN (
       WITH RECURSIVE live (hash) AS (
         ${named('before_hash')} AND before_hash IS NOT NULL
         UNION ${named('after_hash')} AND after_hash IS NOT NULL
         UNION SELECT base FROM undo_text JOIN live USING (hash)
           WHERE thread_id = ${THREAD} AND base IS NOT NULL)
       SELECT hash FROM live)`,
  );
  return (turnId) => {
    if (any.get(turnId) === undefined) return;
    drop.run({ turnId });
    sweep.run({ turnId });
  };
}

const Change = z.object({
  path: z.string(),
  realPath: z.string(),
  beforeHash: z.string().nullable(),
  afterHash: z.string().nullable(),
  encoding: z.enum(['utf8', 'utf8bom']),
  executable: z.int().transform((flag) => flag === 1),
  movedFrom: z.string().nullable(),
});
const Text = z.object({ base: z.string().nullable(), body: z.unknown() }).optional();

export function createUndoStore({ db, logger, read }: Connection): UndoStore {
  const rows = rowReader('undo_edit', ['realPath'], Change, logger);
  // While a call is under way nobody can tell what it did.
  const ofTurn = db.prepare(
    `SELECT path, real_path AS realPath, before_hash AS beforeHash, after_hash AS afterHash, encoding,
       executable, moved_from AS movedFrom
     FROM undo_edit JOIN tool_call AS call USING (turn_id, call_id)
     WHERE turn_id = ? AND call.state IN ('done', 'unknown') ORDER BY undo_edit.rowid`,
  );
  const text = db.prepare(
    `SELECT base, body FROM undo_text WHERE thread_id = ${THREAD} AND hash = @hash`,
  );
  const textOf = (turnId: string, hash: string, seen: readonly string[]): string | undefined => {
    const row = Text.parse(text.get({ turnId, hash }));
    if (!row) return undefined;
    if (row.base === null) return ofBody(row.body);
    if (seen.includes(hash)) throw new Error('it is the difference to itself');
    const base = textOf(turnId, row.base, [...seen, hash]);
    if (base === undefined) throw new Error('the text it is the difference to is gone');
    return applyDifference(base, row.body);
  };
  return {
    undoChanges: (turnId) => read(() => rows.many(ofTurn.all(turnId))),
    undoText: (turnId, hash) =>
      read(() => {
        const found = whole(() => textOf(turnId, hash, []), hash);
        if (found === undefined || systemTexts.sha256(found) === hash) return found;
        throw damagedRow('undo_text', hash, 'its text does not fit its hash');
      }),
  };
}

function whole(find: () => string | undefined, hash: string): string | undefined {
  try {
    return find();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw damagedRow('undo_text', hash, detail.slice(0, 200));
  }
}
