// The checkpoint tables, as one step of migrations.ts: never changed once released.
// Ids are never used twice, so what another process remembers of a row can be missing, but never another row's.

/**
 * `checkpoint_item` holds each message once; without a body it is the row of table `message` with the same id, and the
 * triggers give it a body of its own before that row changes. `checkpoint_list` is a message array: the first `kept`
 * items of list `base`, then `items`.
 */
export const SAVER_SCHEMA = `
CREATE TABLE checkpoint_thread (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  epoch INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE checkpoint_item (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  thread INTEGER NOT NULL,
  hash BLOB NOT NULL,
  message_id TEXT NOT NULL,
  type TEXT NOT NULL,
  body TEXT,
  UNIQUE (thread, hash)
) STRICT;

CREATE TABLE checkpoint_list (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  thread INTEGER NOT NULL,
  base INTEGER,
  kept INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  items TEXT NOT NULL
) STRICT;
CREATE INDEX checkpoint_list_by_thread ON checkpoint_list (thread);

CREATE TABLE checkpoint_value (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  thread INTEGER NOT NULL,
  ns TEXT NOT NULL,
  channel TEXT NOT NULL,
  version TEXT NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX checkpoint_value_by_version ON checkpoint_value (thread, ns, channel, version);

CREATE TABLE checkpoint (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  thread INTEGER NOT NULL,
  ns TEXT NOT NULL,
  id TEXT NOT NULL,
  parent_id TEXT,
  body TEXT NOT NULL,
  metadata_type TEXT NOT NULL,
  metadata TEXT NOT NULL,
  value_seqs TEXT NOT NULL,
  UNIQUE (thread, ns, id)
) STRICT;

CREATE TABLE checkpoint_write (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  thread INTEGER NOT NULL,
  ns TEXT NOT NULL,
  checkpoint_id TEXT NOT NULL,
  task_path TEXT NOT NULL,
  task_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  channel TEXT NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (thread, ns, checkpoint_id, task_id, position)
) STRICT;

CREATE TRIGGER checkpoint_item_keeps_changed_message
BEFORE UPDATE OF turn_id, id, body ON message
WHEN old.body <> new.body OR old.id <> new.id OR old.turn_id <> new.turn_id
BEGIN
  UPDATE checkpoint_item SET body = old.body
  WHERE body IS NULL AND message_id = old.id
    AND thread = (SELECT seq FROM checkpoint_thread WHERE id = old.turn_id);
END;
CREATE TRIGGER checkpoint_item_keeps_deleted_message BEFORE DELETE ON message
BEGIN
  UPDATE checkpoint_item SET body = old.body
  WHERE body IS NULL AND message_id = old.id
    AND thread = (SELECT seq FROM checkpoint_thread WHERE id = old.turn_id);
END;
`;
