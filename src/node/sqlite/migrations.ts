// The schema, as numbered steps. Append only: a step that was released is never changed.
import { ATTACHMENT_SCHEMA } from './attachments.ts';
import type { Db } from './database.ts';
import { BACKGROUND_SCHEMA } from './background.ts';
import { CONSENT_SCHEMA } from './consentSchema.ts';
import { EDIT_TEXT_SCHEMA } from './editTexts.ts';
import { EVENT_SCHEMA, SHARED_CALL_SCHEMA, SHARED_RESULT_SCHEMA } from './eventSchema.ts';
import { LEDGER_SCHEMA } from './ledgerSchema.ts';
import { SAVER_SCHEMA } from './saverSchema.ts';
import { UNDO_SCHEMA } from './undo.ts';
import { UNSEEN_SCHEMA } from './unseen.ts';

/** Marks a SQLite file as Countersign's ("Csgn"). */
export const APPLICATION_ID = 0x4373676e;

const migrations: readonly string[] = [
  `
CREATE TABLE thread (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  title TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1))
) STRICT;
CREATE INDEX thread_by_age ON thread (archived, updated_at, seq);

CREATE TABLE turn (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  thread_id TEXT NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
  status TEXT NOT NULL CHECK (status IN
    ('queued', 'running', 'paused', 'finished', 'failed', 'cancelled', 'expired', 'interrupted')),
  generation INTEGER NOT NULL CHECK (generation >= 1),
  snapshot TEXT NOT NULL,
  snapshot_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  code TEXT,
  message TEXT,
  accepted_drift TEXT,
  lease_owner TEXT,
  lease_until INTEGER,
  changed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX turn_by_thread ON turn (thread_id, seq);
CREATE INDEX turn_by_status ON turn (status, seq);

CREATE TABLE message (
  turn_id TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  id TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('user', 'assistant', 'tool')),
  state TEXT NOT NULL CHECK (state IN ('running', 'awaiting', 'final')),
  body TEXT NOT NULL,
  PRIMARY KEY (turn_id, position),
  UNIQUE (turn_id, id)
) STRICT;

CREATE TABLE tool_call (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  turn_id TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
  call_id TEXT NOT NULL,
  batch_id TEXT NOT NULL,
  batch_index INTEGER NOT NULL CHECK (batch_index >= 0),
  tool TEXT NOT NULL,
  args_text TEXT,
  state TEXT NOT NULL CHECK (state IN ('planned', 'started', 'done', 'blocked', 'unknown')),
  proposal TEXT,
  proposal_hash TEXT,
  verdict TEXT,
  remember TEXT,
  outcome TEXT CHECK (outcome IN
    ('ok', 'error', 'denied', 'rejected', 'responded', 'cancelled', 'invalid')),
  result TEXT,
  output_hash TEXT REFERENCES blob (hash),
  hook TEXT,
  started_at INTEGER,
  ended_at INTEGER,
  UNIQUE (turn_id, call_id)
) STRICT;
CREATE INDEX call_by_batch ON tool_call (turn_id, batch_id, batch_index);
CREATE INDEX call_by_output ON tool_call (output_hash) WHERE output_hash IS NOT NULL;

CREATE TABLE pending_action (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  turn_id TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
  batch_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('tool_approval', 'ask_user', 'outcome_unknown')),
  state TEXT NOT NULL CHECK (state IN ('open', 'resolved', 'expired', 'cancelled')),
  requests TEXT NOT NULL,
  proposal_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  decisions TEXT,
  decided_by TEXT,
  decided_at INTEGER,
  CHECK ((state = 'resolved') = (decisions IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX one_open_action_per_turn ON pending_action (turn_id) WHERE state = 'open';
CREATE INDEX action_by_batch ON pending_action (turn_id, batch_id, seq);

CREATE TABLE draft (
  action_id TEXT NOT NULL REFERENCES pending_action (id) ON DELETE CASCADE,
  call_id TEXT NOT NULL,
  proposal_hash TEXT NOT NULL,
  card TEXT,
  content TEXT,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (action_id, call_id)
) STRICT, WITHOUT ROWID;
-- In the transaction that decides. An expired action keeps its drafts: it may be asked again.
CREATE TRIGGER draft_of_decided AFTER UPDATE OF state ON pending_action WHEN NEW.state = 'resolved'
BEGIN
  DELETE FROM draft WHERE action_id = NEW.id;
END;
CREATE TRIGGER draft_of_ended AFTER UPDATE OF ended_at ON turn WHEN NEW.ended_at IS NOT NULL
BEGIN
  DELETE FROM draft WHERE action_id IN (SELECT id FROM pending_action WHERE turn_id = NEW.id);
END;

CREATE TABLE window (
  number INTEGER PRIMARY KEY CHECK (number >= 1),
  owner TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE blob (
  hash TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;
${CONSENT_SCHEMA}${EVENT_SCHEMA}${SHARED_RESULT_SCHEMA}${SHARED_CALL_SCHEMA}${EDIT_TEXT_SCHEMA}${UNSEEN_SCHEMA}${UNDO_SCHEMA}${BACKGROUND_SCHEMA}${ATTACHMENT_SCHEMA}`,
  SAVER_SCHEMA,
  LEDGER_SCHEMA,
];

/** The newest schema this code knows. */
export const SCHEMA_VERSION = migrations.length;
/** All statements that ever made a part of the schema: an `ALTER TABLE` would change their text, and needs more than this. */
export const SCHEMA_TEXT = migrations.join('\n');

/** Brings the schema up to date, each step in a transaction of its own. Safe when several processes do it at once. */
export function migrate(db: Db): void {
  for (let version = currentVersion(db); version < SCHEMA_VERSION; version = currentVersion(db)) {
    db.transaction(() => applyNext(db)).immediate();
  }
}

function applyNext(db: Db): void {
  const version = currentVersion(db);
  const step = migrations[version];
  if (step === undefined) return;
  db.exec(step);
  db.pragma(`application_id=${APPLICATION_ID}`);
  db.pragma(`user_version=${version + 1}`);
}

function currentVersion(db: Db): number {
  return Number(db.pragma('user_version', { simple: true }));
}
