// The tables of what the user said beforehand. Without references to others: the file of the user's own grants has no turns.

export const CONSENT_SCHEMA = `
CREATE TABLE consent_grant (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  scope TEXT NOT NULL CHECK (scope IN ('turn', 'thread', 'workspace', 'always')),
  rule TEXT NOT NULL,
  thread_id TEXT NOT NULL,
  turn_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  folder TEXT,
  said_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  uses INTEGER CHECK (uses >= 1),
  used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0),
  last_used_at INTEGER,
  seal TEXT NOT NULL
) STRICT;

CREATE TABLE consent_use (
  grant_id TEXT NOT NULL REFERENCES consent_grant (id) ON DELETE CASCADE,
  turn_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  seal TEXT NOT NULL,
  PRIMARY KEY (grant_id, turn_id, call_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE acknowledgement (
  kind TEXT NOT NULL CHECK (kind IN ('allowList', 'hook')),
  subject TEXT NOT NULL,
  hash TEXT NOT NULL,
  text TEXT NOT NULL,
  accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
  said_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  seal TEXT NOT NULL,
  PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
`;
