// Tables `blob` and `edit_text` (editTexts.ts): texts by their hash. What comes back is checked against the hash it was
// asked for.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { BlobStore } from '../../core/ports/blobStore.ts';
import type { Connection } from './connection.ts';
import { damagedRow } from './rows.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

export function createBlobStore({ db, read, write }: Connection): BlobStore {
  const has = db.prepare('SELECT 1 FROM blob WHERE hash = ?');
  const insert = db.prepare('INSERT INTO blob (hash, body) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const get = db
    .prepare(
      `SELECT body FROM edit_text WHERE turn_id = @turnId AND hash = @hash
       UNION ALL SELECT body FROM blob WHERE hash = @hash LIMIT 1`,
    )
    .pluck();
  return {
    putText: async (_turnId, text) => {
      const hash = sha256(text);
      // Only a short cut: the insert itself settles who was first.
      const known = await read(() => has.get(hash) !== undefined);
      if (!known) await write(() => insert.run(hash, text));
      return hash;
    },
    getText: (turnId, hash) =>
      read(() => {
        const body = get.get({ turnId, hash });
        if (body === undefined) return undefined;
        const text = z.string().safeParse(body);
        if (text.success && sha256(text.data) === hash) return text.data;
        throw damagedRow('blob', hash, 'its text does not fit its hash');
      }),
  };
}
