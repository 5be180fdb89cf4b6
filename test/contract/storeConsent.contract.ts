// What the user said beforehand, over any Store: kept for every window, counted once, and only with a seal that fits.
import assert from 'node:assert/strict';
import type { Acknowledgement, Grant, GrantUse } from '../../src/core/ports/consentStore.ts';
import type { Store } from '../../src/core/ports/store.ts';
import { hasCode, withSubject, type MakeSubject, type StoreSubject } from './storeSubject.ts';

export const grant = (changes: Partial<Grant> = {}): Grant => ({
  ...{ id: 'g1', scope: 'thread', rule: 'shell(npm test)', threadId: 'thread1', turnId: 'turn1' },
  ...{ callId: 'c1', folder: '/w', by: 'window 1', createdAt: 150, expiresAt: null, uses: null },
  ...changes,
});

export const use = (callId = 'c2', at = 200): GrantUse => ({ turnId: 'turn1', callId, at });

const said = (changes: Partial<Acknowledgement> = {}): Acknowledgement => ({
  ...{ kind: 'allowList', subject: 'countersign.approval.allow', hash: 'h1', text: 'shell(make)' },
  ...{ accepted: true, by: 'window 1', at: 150 },
  ...changes,
});

const fresh = { used: 0, lastUsedAt: null };

export function storeConsentContract(make: MakeSubject): void {
  describe('consent', () => {
    keptContract(make);
    countedContract(make);
    sealedContract(make);
    goneContract(make);
  });
}

function keptContract(make: MakeSubject): void {
  it(
    'keeps grants for every window and after the file is opened again, the newest first',
    withSubject(make, async (subject) => {
      const second = await subject.openSecond();
      const first = grant({ rule: 'edit(ü\u2028*)', expiresAt: 900, uses: 3 });
      await subject.store.addGrants([first]);
      await second.addGrants([grant({ id: 'g2', scope: 'workspace' })]);
      const all = [
        { ...grant({ id: 'g2', scope: 'workspace' }), ...fresh },
        { ...first, ...fresh },
      ];
      assert.deepEqual(await subject.store.listGrants(), all);
      assert.deepEqual(await second.listGrants(), all);
      await subject.reopen();
      assert.deepEqual(await subject.store.listGrants(), all);
      assert.deepEqual(await subject.store.rememberable(), ['turn', 'thread', 'workspace']);
    }),
  );
  it(
    'adds all grants or none; one for all workspaces is not for this file',
    withSubject(make, async ({ store }) => {
      await store.addGrants([grant()]);
      const twice = store.addGrants([grant({ id: 'g2' }), grant()]);
      await assert.rejects(twice, hasCode('store_conflict'));
      const always = store.addGrants([grant({ id: 'g2' }), grant({ id: 'g3', scope: 'always' })]);
      await assert.rejects(always, hasCode('cannot_remember'));
      assert.deepEqual(await store.listGrants(), [{ ...grant(), ...fresh }]);
    }),
  );
  it(
    'keeps the last of what was said of a subject',
    withSubject(make, async (subject) => {
      const { store } = subject;
      await store.acknowledge(said());
      await store.acknowledge(said({ kind: 'hook', subject: '.github/hooks/a.json#0' }));
      await store.acknowledge(said({ hash: 'h2', accepted: false, at: 160 }));
      const all = [
        said({ hash: 'h2', accepted: false, at: 160 }),
        said({ kind: 'hook', subject: '.github/hooks/a.json#0' }),
      ];
      assert.deepEqual(await store.acknowledgements(), all);
      await subject.reopen();
      assert.deepEqual(await subject.store.acknowledgements(), all);
    }),
  );
}

function countedContract(make: MakeSubject): void {
  it(
    'counts a call once however often it is said, and no call beyond what was granted',
    withSubject(make, async (subject) => {
      const { store } = subject;
      await store.addGrants([grant({ uses: 2 })]);
      const calls = ['c2', 'c2', 'c3', 'c4', 'c2', 'c3'];
      const answers = [];
      for (const id of calls) answers.push(await store.useGrant('g1', use(id)));
      assert.deepEqual(answers, [true, true, true, false, true, true]);
      const other = { ...use('c2'), turnId: 'turn2' };
      assert.equal(await store.useGrant('g1', other), false);
      await subject.reopen();
      assert.equal(await subject.store.useGrant('g1', use('c3', 250)), true);
      const [row] = await subject.store.listGrants();
      assert.deepEqual([row?.used, row?.lastUsedAt], [2, 200]);
    }),
  );
  it(
    'never counts more uses than granted, from however many windows',
    withSubject(make, async (subject) => {
      const stores = [subject.store, await subject.openSecond(), await subject.openSecond()];
      await subject.store.addGrants([grant({ uses: 5 })]);
      const calls = Array.from({ length: 30 }, (_, n) =>
        storeAt(stores, n).useGrant('g1', use(`c${n}`)),
      );
      assert.equal((await Promise.all(calls)).filter(Boolean).length, 5);
      const again = calls.map((_, n) => storeAt(stores, n + 1).useGrant('g1', use(`c${n}`)));
      assert.equal((await Promise.all(again)).filter(Boolean).length, 5);
      assert.equal((await subject.store.listGrants())[0]?.used, 5);
    }),
  );
  it(
    'counts nothing for a grant that is gone or has ended, for a counted call neither',
    withSubject(make, async ({ store }) => {
      await store.addGrants([grant({ expiresAt: 300 })]);
      assert.equal(await store.useGrant('absent', use()), false);
      assert.equal(await store.useGrant('g1', use('c2', 299)), true);
      assert.equal(await store.useGrant('g1', use('c2', 300)), false);
      assert.equal(await store.useGrant('g1', use('c3', 301)), false);
      assert.equal((await store.listGrants()).length, 1, 'it is still there to be seen');
    }),
  );
}

const storeAt = (stores: readonly Store[], n: number): Store => {
  const store = stores[n % stores.length];
  assert.ok(store);
  return store;
};

/** What somebody does who has the file and no key. */
const FORGERIES: Readonly<Record<string, string>> = {
  'a wider rule': `UPDATE consent_grant SET rule = 'shell'`,
  'a wider scope': `UPDATE consent_grant SET scope = 'workspace'`,
  'another thread': `UPDATE consent_grant SET thread_id = 'thread2'`,
  'a later end': 'UPDATE consent_grant SET expires_at = NULL',
  'more uses': 'UPDATE consent_grant SET uses = 1000',
  'uses given back': 'UPDATE consent_grant SET used = 0',
  'another id': `UPDATE consent_grant SET id = 'g9'`,
  'no seal': `UPDATE consent_grant SET seal = ''`,
  'a seal of something else': `UPDATE consent_grant SET seal = '${'ab'.repeat(32)}'`,
  'a damaged row': 'UPDATE consent_grant SET created_at = 1e18',
};

const PLANTED = `INSERT INTO consent_grant (id, scope, rule, thread_id, turn_id, call_id, said_by, created_at, seal)
  SELECT 'g2', 'workspace', 'shell', thread_id, turn_id, call_id, said_by, created_at, seal FROM consent_grant`;

function sealedContract(make: MakeSubject): void {
  for (const [what, sql] of Object.entries(FORGERIES)) {
    it(
      `a changed row is as if it were not there: ${what}`,
      withSubject(make, async (subject) => {
        const { store } = subject;
        await store.addGrants([grant({ expiresAt: 900, uses: 2 })]);
        assert.equal(await store.useGrant('g1', use('c2')), true);
        subject.tamper(sql);
        assert.deepEqual(await store.listGrants(), []);
        for (const id of ['g1', 'g9']) {
          assert.equal(await store.useGrant(id, use('c2')), false);
          assert.equal(await store.useGrant(id, use('c3')), false);
        }
      }),
    );
  }
  it(
    'a planted row grants nothing, and takes nothing from the others (I12)',
    withSubject(make, async (subject) => {
      await subject.store.addGrants([grant()]);
      subject.tamper(PLANTED);
      const ids = (await subject.store.listGrants()).map(({ id }) => id);
      assert.deepEqual(ids, ['g1']);
      assert.equal(await subject.store.useGrant('g2', use()), false);
      assert.equal(await subject.store.revokeGrant('g2'), true, 'and can be thrown away');
    }),
  );
  it(
    'a planted use does not spare a call from being counted',
    withSubject(make, async (subject) => {
      const { store } = subject;
      await store.addGrants([grant({ uses: 1 })]);
      assert.equal(await store.useGrant('g1', use('c2')), true);
      subject.tamper(
        `INSERT INTO consent_use SELECT grant_id, turn_id, 'c3', seal FROM consent_use`,
      );
      assert.equal(await store.useGrant('g1', use('c3')), false);
      subject.tamper('DELETE FROM consent_use');
      assert.equal(await store.useGrant('g1', use('c4')), false, 'the count is in the grant');
    }),
  );
  it(
    'rows of another key are not there, and nothing can be added to by a file without one',
    withSubject(make, async (subject) => {
      await subject.store.addGrants([grant()]);
      await subject.store.acknowledge(said());
      await otherKey(subject, 'a'.repeat(64), async (other) => {
        await other.addGrants([grant({ id: 'g2' })]);
        assert.deepEqual(
          (await other.listGrants()).map(({ id }) => id),
          ['g2'],
        );
      });
      for (const bad of ['', 'not a key', 'a'.repeat(63), 'a'.repeat(66)]) {
        await otherKey(subject, bad, async (none) => {
          assert.deepEqual(await none.rememberable(), []);
          await assert.rejects(none.addGrants([grant({ id: 'g3' })]), hasCode('cannot_remember'));
          await assert.rejects(none.acknowledge(said()), hasCode('cannot_remember'));
        });
      }
      assert.deepEqual(
        (await subject.store.listGrants()).map(({ id }) => id),
        ['g1'],
      );
    }),
  );
  it(
    'a changed acknowledgement is as if it were not there',
    withSubject(make, async (subject) => {
      for (const change of [`hash = 'h2'`, 'accepted = 1', `subject = 'x'`, `text = 'shell'`]) {
        await subject.store.acknowledge(said({ accepted: false }));
        assert.equal((await subject.store.acknowledgements()).length, 1);
        subject.tamper(`UPDATE acknowledgement SET ${change}`);
        assert.deepEqual(await subject.store.acknowledgements(), [], change);
        await subject.store.resetConsent();
      }
    }),
  );
}

/** A window with another key: of what is there it sees nothing and uses nothing. */
async function otherKey(
  subject: StoreSubject,
  key: string,
  body: (store: Store) => Promise<void>,
): Promise<void> {
  const other = await subject.openSecond(key);
  assert.deepEqual(await other.listGrants(), []);
  assert.deepEqual(await other.acknowledgements(), []);
  assert.equal(await other.useGrant('g1', use()), false);
  await body(other);
}

function goneContract(make: MakeSubject): void {
  it(
    'a grant gets another end, in every window, and keeps its count; one that has ended gets none',
    withSubject(make, async (subject) => {
      const second = await subject.openSecond();
      await subject.store.addGrants([grant({ uses: 3 })]);
      assert.equal(await subject.store.useGrant('g1', use('c2', 200)), true);
      assert.equal(await second.endGrant('g1', { expiresAt: 300, at: 210 }), true);
      await subject.reopen();
      const [row] = await subject.store.listGrants();
      assert.deepEqual([row?.expiresAt, row?.used, row?.uses], [300, 1, 3]);
      assert.equal(await subject.store.useGrant('g1', use('c3', 299)), true);
      assert.equal(await subject.store.useGrant('g1', use('c4', 300)), false);
      assert.equal(await subject.store.endGrant('g1', { expiresAt: null, at: 300 }), false);
      assert.equal(await subject.store.endGrant('g1', { expiresAt: null, at: 299 }), true);
      assert.equal(await subject.store.useGrant('g1', use('c4', 300)), true);
      assert.equal(await subject.store.endGrant('absent', { expiresAt: null, at: 1 }), false);
      const kinds = (await subject.store.readLedger(null, 10)).map(({ kind }) => kind);
      assert.deepEqual(kinds, ['grant.added', 'grant.end', 'grant.end']);
    }),
  );
  it(
    'a changed row gets no end, and so no seal that fits',
    withSubject(make, async (subject) => {
      await subject.store.addGrants([grant()]);
      subject.tamper(`UPDATE consent_grant SET rule = 'shell'`);
      assert.equal(await subject.store.endGrant('g1', { expiresAt: 900, at: 200 }), false);
      assert.deepEqual(await subject.store.listGrants(), []);
    }),
  );
  it(
    'a revoked grant is gone at once in every window',
    withSubject(make, async (subject) => {
      const second = await subject.openSecond();
      await subject.store.addGrants([grant()]);
      assert.equal(await subject.store.useGrant('g1', use()), true);
      assert.equal(await second.revokeGrant('g1'), true);
      assert.equal(await subject.store.revokeGrant('g1'), false);
      assert.equal(await subject.store.useGrant('g1', use()), false);
      assert.deepEqual(await subject.store.listGrants(), []);
    }),
  );
  it(
    'a reset forgets everything, once',
    withSubject(make, async ({ store }) => {
      await store.addGrants([grant(), grant({ id: 'g2' })]);
      await store.useGrant('g1', use());
      await store.acknowledge(said());
      assert.deepEqual(await store.resetConsent(), { grants: 2, acknowledgements: 1 });
      assert.deepEqual(await store.resetConsent(), { grants: 0, acknowledgements: 0 });
      assert.deepEqual(await store.listGrants(), []);
      assert.deepEqual(await store.acknowledgements(), []);
    }),
  );
  it(
    'the ledger says what was granted, acknowledged, revoked and forgotten',
    withSubject(make, async ({ store }) => {
      await store.addGrants([grant()]);
      await store.acknowledge(said());
      await store.revokeGrant('g1');
      await store.revokeGrant('g1');
      await store.resetConsent();
      await store.resetConsent();
      const kinds = (await store.readLedger(null, 10)).map(({ kind }) => kind);
      assert.deepEqual(kinds, ['grant.added', 'acknowledged', 'grant.revoked', 'consent.reset']);
    }),
  );
}
