// Grants over the workspace's file, the memory of temporary threads and the user's own file.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { ConsentStore, Grant } from '../../../../src/core/ports/consentStore.ts';
import type { Store } from '../../../../src/core/ports/store.ts';
import { createSealer } from '../../../../src/node/sealer.ts';
import { lazyAlways } from '../../../../src/node/sqlite/always.ts';
import { createBothStores } from '../../../../src/node/sqlite/bothStores.ts';
import { lazyMemory } from '../../../../src/node/sqlite/memory.ts';
import { openStore } from '../../../../src/node/sqlite/openStore.ts';
import { temporaryPrefix } from '../../../../src/protocol/temporary.ts';
import { recordingLogger } from '../../../fakes/recordingLogger.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { hasCode } from '../../../contract/storeSubject.ts';

const KEY = '6d'.repeat(32);
const TEMPORARY = `${temporaryPrefix('t')}1`;
const clock = { now: () => 1000 };
const use = (callId: string, turnId = 'u1') => ({ turnId, callId, at: 2000 });

const grant = (changes: Partial<Grant> = {}): Grant => ({
  ...{ id: 'g1', scope: 'always', rule: 'shell(npm test)', threadId: 't1', turnId: 'u1' },
  ...{ callId: 'c1', folder: '/w', by: 'window 1', createdAt: 150, expiresAt: null, uses: null },
  ...changes,
});

describe('grants in their places', () => {
  let folder: TemporaryFolder;
  const open: Store[] = [];
  const ids = async (store: ConsentStore) => (await store.listGrants()).map(({ id }) => id).sort();

  beforeEach(async () => {
    folder = await temporaryFolder({});
  });
  afterEach(async () => {
    for (const store of open.splice(0)) store.dispose();
    await folder.dispose();
  });

  const userFile = (): string => folder.at('always.db');

  async function window(workspace: string, always = true): Promise<Store> {
    const logger = recordingLogger();
    const sealer = createSealer({ secrets: { get: async () => KEY }, logger });
    const options = { logger, clock, sealer };
    const { store } = await openStore({ ...options, file: folder.at(`${workspace}/state.db`) });
    const file = userFile();
    const both = createBothStores(
      store,
      lazyMemory(options),
      always ? lazyAlways({ ...options, file }) : undefined,
    );
    open.push(both);
    return both;
  }

  it('the user’s file is made with the first grant of it, private, and read by every workspace', async () => {
    const [first, second] = [await window('one'), await window('two')];
    assert.deepEqual(await first.listGrants(), []);
    assert.equal(await first.useGrant('g1', use('c1')), false);
    await first.resetConsent();
    assert.equal(existsSync(userFile()), false, 'reading and forgetting make no file');
    assert.deepEqual(await first.rememberable(), ['turn', 'thread', 'workspace', 'always']);
    await first.addGrants([grant(), grant({ id: 'g2', scope: 'workspace' })]);
    if (process.platform !== 'win32') assert.equal(statSync(userFile()).mode & 0o777, 0o600);
    assert.deepEqual(await ids(first), ['g1', 'g2']);
    assert.deepEqual(await ids(second), ['g1']);
    assert.equal(await second.useGrant('g1', use('c5')), true);
    assert.equal((await first.listGrants()).find(({ id }) => id === 'g1')?.used, 1);
    assert.equal(await second.revokeGrant('g1'), true);
    assert.deepEqual(await ids(first), ['g2']);
  });

  it('a reset reaches all places', async () => {
    const store = await window('one');
    await store.addGrants([
      grant(),
      grant({ id: 'g2', scope: 'thread' }),
      grant({ id: 'g3', scope: 'thread', threadId: TEMPORARY, turnId: `${TEMPORARY}u` }),
    ]);
    assert.deepEqual(await store.resetConsent(), { grants: 3, acknowledgements: 0 });
    assert.deepEqual(await ids(store), []);
  });

  it('without a file of the user nothing is for all workspaces', async () => {
    const store = await window('one', false);
    assert.deepEqual(await store.rememberable(), ['turn', 'thread', 'workspace']);
    await assert.rejects(store.addGrants([grant()]), hasCode('cannot_remember'));
  });

  it('a row that was copied to another workspace, or to the user’s file, counts for nothing', async () => {
    const [first, second] = [await window('one'), await window('two')];
    await first.addGrants([grant({ id: 'gw', scope: 'workspace' }), grant({ id: 'ga' })]);
    await second.addGrants([grant({ id: 'g9', scope: 'workspace' })]);
    const from = folder.at('one/state.db');
    for (const to of [folder.at('two/state.db'), userFile()]) {
      const db = new Database(to);
      db.exec(`ATTACH '${from}' AS source`);
      db.exec(
        `INSERT INTO main.consent_grant SELECT NULL, ${COLUMNS} FROM source.consent_grant WHERE id = 'gw'`,
      );
      db.close();
    }
    const back = new Database(from);
    back.exec(`ATTACH '${userFile()}' AS source`);
    back.exec(
      `INSERT INTO main.consent_grant SELECT NULL, ${COLUMNS} FROM source.consent_grant WHERE id = 'ga'`,
    );
    back.close();
    assert.deepEqual(await ids(second), ['g9', 'ga'].sort());
    assert.equal(await second.useGrant('gw', use('c2')), false);
    assert.deepEqual(await ids(first), ['ga', 'gw'], 'each once, in its own place');
  });

  it('what a temporary thread remembers and uses leaves no trace in a file', async () => {
    const store = await window('one');
    await store.addGrants([
      grant(),
      grant({ id: 'g4', scope: 'workspace', uses: 3 }),
      grant({ id: 'g3', scope: 'thread', threadId: TEMPORARY, turnId: `${TEMPORARY}u`, uses: 1 }),
    ]);
    for (const scope of ['workspace', 'always'] as const) {
      const reaching = grant({ id: 'g7', scope, threadId: TEMPORARY });
      await assert.rejects(store.addGrants([reaching]), hasCode('cannot_remember'));
    }
    const call = (callId: string) => use(callId, `${TEMPORARY}u`);
    assert.equal(await store.useGrant('g3', call('c1')), true);
    assert.equal(await store.useGrant('g3', call('c2')), false);
    assert.equal(await store.useGrant('g1', call('c3')), true, 'any number, not counted');
    assert.equal(await store.useGrant('g4', call('c3')), false, 'cannot be counted');
    assert.deepEqual((await store.listGrants()).map(({ id, used }) => [id, used]).sort(), [
      ['g1', 0],
      ['g3', 1],
      ['g4', 0],
    ]);
    for (const file of [folder.at('one/state.db'), userFile()]) {
      for (const suffix of ['', '-wal']) {
        const bytes = existsSync(file + suffix) ? readFileSync(file + suffix) : Buffer.alloc(0);
        assert.equal(bytes.indexOf(TEMPORARY), -1, path.basename(file + suffix));
      }
    }
  });

  it('a damaged file of the user is moved aside, and the rest goes on', async () => {
    writeFileSync(userFile(), 'this is no database, but it is long enough to look at'.repeat(20));
    const store = await window('one');
    await store.addGrants([grant({ id: 'g2', scope: 'workspace' })]);
    assert.deepEqual(await ids(store), ['g2']);
  });
});

const COLUMNS =
  'id, scope, rule, thread_id, turn_id, call_id, folder, said_by, created_at, expires_at, uses, used, last_used_at, seal';
