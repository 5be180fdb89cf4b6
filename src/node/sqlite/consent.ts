// Tables `consent_grant`, `consent_use` and `acknowledgement` of one file. A row counts only with a seal that fits.
import { realpathSync } from 'node:fs';
import { AppError } from '../../core/base/errors.ts';
import {
  consentForgotten,
  grantAdded,
  grantEndChanged,
  grantRevoked,
  subjectAcknowledged,
} from '../../core/ledger/consentEntries.ts';
import type { ConsentStore, Grant, GrantRow, GrantUse } from '../../core/ports/consentStore.ts';
import type { GrantScope } from '../../protocol/consent.ts';
import { cannotRemember, type Seal, type Sealer } from '../sealer.ts';
import type { Connection } from './connection.ts';
import {
  SealedGrant,
  SealedSaid,
  sealedTexts,
  selectGrant,
  selectSaid,
  type Sealed,
  type SealedTexts,
} from './consentRows.ts';
import { MEMORY } from './database.ts';
import { ledgerWriter } from './ledger.ts';
import { rowReader } from './rows.ts';

interface Parts {
  connection: Connection;
  sealer: Sealer;
  texts: SealedTexts;
  scopes: readonly GrantScope[];
}

/** `scopes`: what this file is for; rows of another scope are as if they were not there. */
export function createConsentStore(
  connection: Connection,
  sealer: Sealer,
  scopes: readonly GrantScope[],
): ConsentStore {
  const { file } = connection;
  const texts = sealedTexts(file === MEMORY ? MEMORY : realpathSync(file));
  const parts = { connection, sealer, texts, scopes };
  return {
    rememberable: async () => ((await sealer.usable()) ? scopes : []),
    ...grants(parts),
    endGrant: grantEnder(parts),
    useGrant: grantUser(parts),
    ...acknowledgements(parts),
    resetConsent: resetter(parts),
  };
}

function grants(parts: Parts): Pick<ConsentStore, 'listGrants' | 'addGrants' | 'revokeGrant'> {
  const { connection, sealer, texts, scopes } = parts;
  const { db, logger, clock, place, read, write } = connection;
  const rows = rowReader('consent_grant', ['id'], SealedGrant, logger);
  const all = db.prepare(`${selectGrant} ORDER BY seq DESC`);
  const insert = db.prepare(
    `INSERT INTO consent_grant (id, scope, rule, thread_id, turn_id, call_id, folder, said_by, created_at, expires_at, uses, used, last_used_at, seal)
     VALUES (@id, @scope, @rule, @threadId, @turnId, @callId, @folder, @by, @createdAt, @expiresAt, @uses, @used, @lastUsedAt, @seal)`,
  );
  const remove = db.prepare('DELETE FROM consent_grant WHERE id = ?');
  const record = ledgerWriter(connection);
  return {
    listGrants: async () => {
      const found = rows.many(await read(() => all.all()));
      const own = found.filter(({ row }) => scopes.includes(row.scope));
      return whole(sealer, own, texts.grant);
    },
    addGrants: async (added) => {
      if (added.length === 0) return;
      const seal = await sealer.ensure();
      if (!seal || added.some(({ scope }) => !scopes.includes(scope))) throw cannotRemember();
      await write(() => {
        for (const grant of added) {
          const row = freshRow(grant);
          insert.run({ ...row, seal: seal.of(texts.grant(row)) });
        }
        record(...added.map((grant) => grantAdded(grant, place)));
      });
    },
    revokeGrant: (id) =>
      write(() => {
        if (remove.run(id).changes === 0) return false;
        record(grantRevoked(id, clock.now(), place));
        return true;
      }),
  };
}

function grantEnder(parts: Parts): ConsentStore['endGrant'] {
  const { connection, sealer, texts } = parts;
  const { db, place, write } = connection;
  const find = wholeGrant(parts);
  const putEnd = db.prepare(
    'UPDATE consent_grant SET expires_at = @expiresAt, seal = @seal WHERE id = @id',
  );
  const record = ledgerWriter(connection);
  return (id, end) =>
    withSeal(sealer, (seal) =>
      write(() => {
        const row = find(seal, id);
        if (typeof row !== 'object') return row;
        if (row.expiresAt !== null && row.expiresAt <= end.at) return false;
        const changed = { ...row, expiresAt: end.expiresAt };
        putEnd.run({ id, expiresAt: end.expiresAt, seal: seal.of(texts.grant(changed)) });
        record(grantEndChanged(id, end, place));
        return true;
      }),
    );
}

/** Named one by one: what is sealed must not hold more than what is kept. */
function freshRow(grant: Grant): GrantRow {
  const { id, scope, rule, threadId, turnId, callId, folder, by, createdAt, expiresAt, uses } =
    grant;
  const learned = { threadId, turnId, callId, folder, by, createdAt };
  return { id, scope, rule, ...learned, expiresAt, uses, used: 0, lastUsedAt: null };
}

/** `misfit`: the row is there, and its seal is of another key or forged. */
type Counted = boolean | 'misfit';

function grantUser(parts: Parts): ConsentStore['useGrant'] {
  const { connection, sealer } = parts;
  const count = counter(parts);
  return (id, call) => withSeal(sealer, (seal) => connection.write(() => count(seal, id, call)));
}

/** Once more with the key read anew when the row does not fit: another window may have made it. */
async function withSeal(
  sealer: Sealer,
  change: (seal: Seal) => Promise<Counted>,
): Promise<boolean> {
  const changed = async (seal: Seal | undefined): Promise<Counted> => (seal ? change(seal) : false);
  const first = await changed(await sealer.current());
  return (first === 'misfit' ? await changed(await sealer.reread()) : first) === true;
}

/** The row of a grant whose seal fits; false without one of this file's scopes. */
function wholeGrant({ connection, texts, scopes }: Parts) {
  const { db, logger } = connection;
  const rows = rowReader('consent_grant', ['id'], SealedGrant, logger);
  const byId = db.prepare(`${selectGrant} WHERE id = ?`);
  return (seal: Seal, id: string): GrantRow | false | 'misfit' => {
    const [found] = rows.many([byId.get(id)].filter((raw) => raw !== undefined));
    if (!found || !scopes.includes(found.row.scope)) return false;
    return seal.fits(texts.grant(found.row), found.seal) ? found.row : 'misfit';
  };
}

/** Inside a transaction: counts the call, unless it was counted before. */
function counter(parts: Parts) {
  const { connection, texts } = parts;
  const { db } = connection;
  const find = wholeGrant(parts);
  const useOf = db
    .prepare('SELECT seal FROM consent_use WHERE grant_id = ? AND turn_id = ? AND call_id = ?')
    .pluck();
  const putUse = db.prepare(
    'INSERT OR REPLACE INTO consent_use (grant_id, turn_id, call_id, seal) VALUES (@grantId, @turnId, @callId, @seal)',
  );
  const putCount = db.prepare(
    'UPDATE consent_grant SET used = @used, last_used_at = @lastUsedAt, seal = @seal WHERE id = @id',
  );
  return (seal: Seal, id: string, call: GrantUse): Counted => {
    const row = find(seal, id);
    if (typeof row !== 'object') return row;
    if (row.expiresAt !== null && row.expiresAt <= call.at) return false;
    const use = { grantId: id, turnId: call.turnId, callId: call.callId };
    const before = useOf.get(id, call.turnId, call.callId);
    if (typeof before === 'string' && seal.fits(texts.use(use), before)) return true;
    if (row.uses !== null && row.used >= row.uses) return false;
    const counted = { ...row, used: row.used + 1, lastUsedAt: call.at };
    putCount.run({ ...counted, seal: seal.of(texts.grant(counted)) });
    putUse.run({ ...use, seal: seal.of(texts.use(use)) });
    return true;
  };
}

function acknowledgements(parts: Parts): Pick<ConsentStore, 'acknowledgements' | 'acknowledge'> {
  const { connection, sealer, texts } = parts;
  const { db, logger, place, read, write } = connection;
  const rows = rowReader('acknowledgement', ['kind', 'subject'], SealedSaid, logger);
  const all = db.prepare(`${selectSaid} ORDER BY kind, subject`);
  const put = db.prepare(
    `INSERT OR REPLACE INTO acknowledgement (kind, subject, hash, text, accepted, said_by, at, seal)
     VALUES (@kind, @subject, @hash, @text, @flag, @by, @at, @seal)`,
  );
  const record = ledgerWriter(connection);
  return {
    acknowledgements: async () => {
      const found = rows.many(await read(() => all.all()));
      const said = await whole(sealer, found, texts.said);
      if (said.length < found.length && sealer.failed()) throw unreadable();
      return said;
    },
    acknowledge: async ({ kind, subject, hash, text, accepted, by, at }) => {
      const seal = await sealer.ensure();
      if (!seal) throw cannotRemember();
      const said = { kind, subject, hash, text, accepted, by, at };
      const row = { kind, subject, hash, text, by, at, flag: accepted ? 1 : 0 };
      await write(() => {
        put.run({ ...row, seal: seal.of(texts.said(said)) });
        record(subjectAcknowledged(said, place));
      });
    },
  };
}

function resetter({ connection }: Parts): ConsentStore['resetConsent'] {
  const { db, clock, place, write } = connection;
  const dropUses = db.prepare('DELETE FROM consent_use');
  const dropGrants = db.prepare('DELETE FROM consent_grant');
  const dropSaid = db.prepare('DELETE FROM acknowledgement');
  const record = ledgerWriter(connection);
  return () =>
    write(() => {
      dropUses.run();
      const gone = {
        grants: dropGrants.run().changes,
        acknowledgements: dropSaid.run().changes,
      };
      if (gone.grants + gone.acknowledgements > 0) {
        record(consentForgotten(gone, clock.now(), place));
      }
      return gone;
    });
}

function unreadable(): AppError {
  const message = 'What you acknowledged cannot be told: the key that seals it cannot be read.';
  return new AppError('consent_unreadable', message);
}

/** Rows whose seal fits the key; the key is read anew when one does not, as another window may have made it. */
async function whole<T>(
  sealer: Sealer,
  found: readonly Sealed<T>[],
  textOf: (row: T) => string,
): Promise<T[]> {
  if (found.length === 0) return [];
  const fitting = (seal: Seal | undefined): T[] =>
    found.filter((each) => seal?.fits(textOf(each.row), each.seal)).map(({ row }) => row);
  const rows = fitting(await sealer.current());
  return rows.length === found.length ? rows : fitting(await sealer.reread());
}
