// Tables `attachment` and `attachment_text`: what went with messages, by its hash, and what is to go with one that is not sent yet.
// A message links what it names when its row comes; the last link takes the content with it.
import { z } from 'zod';
import { UNSENT_KEPT_MS, type AttachmentStore } from '../../core/ports/blobStore.ts';
import { systemTexts } from '../system.ts';
import type { Connection } from './connection.ts';
import { damagedRow } from './rows.ts';

/** An image lies there as a `data:` address. No index by turn: there are few rows, and only a deleted thread looks for them so. */
export const ATTACHMENT_SCHEMA = `
CREATE TABLE attachment_text (
  hash TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL,
  kept_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE attachment (
  turn_id TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
  hash TEXT NOT NULL REFERENCES attachment_text (hash),
  PRIMARY KEY (hash, turn_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER attachment_of_message AFTER INSERT ON message
WHEN new.role = 'user' AND json_type(new.body, '$.attachments') = 'array'
BEGIN
  INSERT OR IGNORE INTO attachment (turn_id, hash)
    SELECT new.turn_id, json_extract(value, '$.hash') FROM json_each(new.body, '$.attachments');
END;
CREATE TRIGGER attachment_text_of_last AFTER DELETE ON attachment
WHEN NOT EXISTS (SELECT 1 FROM attachment WHERE hash = old.hash)
BEGIN
  DELETE FROM attachment_text WHERE hash = old.hash;
END;
`;

export function createAttachmentStore({ db, clock, read, write }: Connection): AttachmentStore {
  const tidy = db.prepare(
    `DELETE FROM attachment_text WHERE kept_at < ?
       AND NOT EXISTS (SELECT 1 FROM attachment WHERE attachment.hash = attachment_text.hash)`,
  );
  const put = db.prepare(
    `INSERT INTO attachment_text (hash, body, kept_at) VALUES (@hash, @body, @now)
     ON CONFLICT (hash) DO UPDATE SET kept_at = excluded.kept_at`,
  );
  const get = db.prepare('SELECT body FROM attachment_text WHERE hash = ?').pluck();
  return {
    putAttachment: (_ownerId, body) =>
      write(() => {
        const now = clock.now();
        tidy.run(now - UNSENT_KEPT_MS);
        const hash = systemTexts.sha256(body);
        put.run({ hash, body, now });
        return hash;
      }),
    getAttachment: (_ownerId, hash) =>
      read(() => {
        const body = get.get(hash);
        if (body === undefined) return undefined;
        const text = z.string().safeParse(body);
        if (text.success && systemTexts.sha256(text.data) === hash) return text.data;
        throw damagedRow('attachment_text', hash, 'its content does not fit its hash');
      }),
  };
}
