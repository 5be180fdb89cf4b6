// The ledger in the state file: written with its move or not at all, one chain for all processes, tampering found.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { LedgerEntry } from '../../../../src/core/ledger/entrySchema.ts';
import { actionExpired } from '../../../../src/core/ledger/entries.ts';
import type { ClaimAction, SettleCall, Store } from '../../../../src/core/ports/store.ts';
import { openLedgerFile, type Verified } from '../../../../src/node/sqlite/ledgerFile.ts';
import {
  endTurn,
  openAction,
  plannedCall,
  seed,
  seedPaused,
  startCall,
} from '../../../contract/storeFixtures.ts';
import { hasCode, open, tamper, using, withFile } from './support.ts';

const settle = (): SettleCall => ({
  ...{ turnId: 'turn1', callId: 'c1', state: 'done' as const, outcome: 'ok' as const },
  ...{ result: 'r', at: 250 },
});
const claim: ClaimAction = {
  ...{ actionId: 'a1', decisions: { c1: { type: 'approve' } }, decidedBy: 'w', at: 400 },
};

/** Every row, parsed by the schema of its kind. */
async function entriesOf(store: Store): Promise<LedgerEntry[]> {
  const rows = await store.readLedger(null, 1000);
  return rows.map((row) => LedgerEntry.parse({ ...row, body: JSON.parse(row.body) as unknown }));
}

async function kinds(store: Store): Promise<string[]> {
  return (await entriesOf(store)).map(({ kind, callId }) => (callId ? `${kind} ${callId}` : kind));
}

async function verify(file: string): Promise<Verified> {
  const ledger = await openLedgerFile(file, {});
  try {
    return await ledger.verify();
  } finally {
    ledger.close();
  }
}

const TRIGGERS = [
  ...['ledger_follows', 'ledger_noted', 'ledger_no_update', 'ledger_no_delete'],
  ...['ledger_head_follows', 'ledger_head_stays'],
];

/** SQL on the file with every guard removed, as somebody who means it would do it. */
async function force(file: string, sql: string): Promise<void> {
  await tamper(file, (db) => {
    for (const name of TRIGGERS) db.exec(`DROP TRIGGER IF EXISTS ${name}`);
    db.exec(sql);
  });
}

/** A turn that waits for the decision on its one call. */
async function seedAsked(store: Store): Promise<void> {
  await seed(store);
  await store.planCalls([plannedCall()]);
  await store.pauseTurn(openAction(), 1);
}

async function seedRows(store: Store, count: number): Promise<void> {
  const action = { id: 'a1', turnId: 'turn1' };
  await store.appendLedger(Array.from({ length: count }, (_, n) => actionExpired(action, n)));
}

describe('the ledger in the state file', () => {
  it(
    'follows a turn: verdicts, the question, decisions, execution, outcomes, the end',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        await seed(store);
        const denied = { state: 'blocked', outcome: 'denied', result: 'no' } as const;
        const second = plannedCall({ callId: 'c2', index: 1, ...denied });
        await store.planCalls([second, plannedCall(), plannedCall({ callId: 'c3', index: 2 })]);
        await store.pauseTurn(openAction(), 1);
        await store.claimAction(claim);
        await store.startCall(startCall());
        await store.settleCall(settle());
        await store.endTurn(endTurn({ generation: 3, status: 'cancelled' }));
        assert.deepEqual(await kinds(store), [
          ...['turn.started', 'verdict c1', 'verdict c2', 'outcome c2', 'verdict c3', 'asked'],
          ...['decision c1', 'started c1', 'outcome c1', 'outcome c3', 'turn.ended'],
        ]);
      });
      assert.deepEqual((await verify(file)).broken, undefined);
    }),
  );

  it(
    'records a move that was lost nowhere',
    withFile((file) =>
      using(file, async ({ store }) => {
        await seedAsked(store);
        await store.claimAction(claim);
        await store.startCall(startCall());
        await store.settleCall(settle());
        const before = await kinds(store);
        assert.equal((await store.claimAction(claim)).kind, 'lost');
        assert.equal((await store.claimAction({ ...claim, actionId: 'zz' })).kind, 'lost');
        assert.equal(await store.startCall(startCall()), false);
        assert.equal(await store.startCall(startCall({ callId: 'zz' })), false);
        assert.equal(await store.settleCall(settle()), false);
        assert.equal(await store.unstartCall('turn1', 'c1'), false);
        assert.equal(await store.endTurn(endTurn()), false);
        assert.equal(await store.pauseTurn(openAction({ id: 'a2' }), 1), false);
        await store.planCalls([plannedCall()]);
        assert.deepEqual(await store.expireActions(1e12), []);
        assert.deepEqual(await kinds(store), before);
      }),
    ),
  );

  it(
    'records expiry, recovery, and calls and actions that the end of a turn cancelled',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        await seedPaused(store, { expiresAt: 500 });
        assert.deepEqual(await store.expireActions(600), ['a1']);
        await store.pauseTurn(openAction({ id: 'a2' }), 3);
        await store.claimAction({ ...claim, actionId: 'a2' });
        await store.planCalls([plannedCall()]);
        await store.startCall(startCall());
      });
      await tamper(file, (db) => db.exec('UPDATE turn SET lease_owner = NULL'));
      await using(file, async ({ store }) => {
        const generation = await store.interruptTurn({ id: 'turn1', generation: 5 });
        assert.equal(generation, 6);
        assert.equal(await store.unstartCall('turn1', 'c1'), true);
        assert.equal(await store.resumeTurn({ id: 'turn1', generation: 6 }), 7);
        await store.pauseTurn(openAction({ id: 'a3' }), 7);
        await store.endTurn(endTurn({ generation: 8, from: ['paused'], status: 'cancelled' }));
        const entries = await entriesOf(store);
        const told = entries.slice(entries.findIndex(({ kind }) => kind === 'expired'));
        assert.deepEqual(
          told.map(({ kind }) => kind),
          [
            ...['expired', 'asked', 'decision', 'verdict', 'started', 'turn.moved', 'unstarted'],
            ...['turn.moved', 'asked', 'outcome', 'turn.ended'],
          ],
        );
        const end = told.at(-1);
        assert.ok(end?.kind === 'turn.ended');
        assert.deepEqual(end.body.cancelledActions, ['a3']);
      });
    }),
  );

  it(
    'a decision that cannot be recorded is not made, and no call starts unrecorded',
    withFile(async (file) => {
      const refuse = `CREATE TRIGGER no_more BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'full'); END`;
      await using(file, async ({ store }) => {
        await seedAsked(store);
        await tamper(file, (db) => db.exec(refuse));
        await assert.rejects(store.claimAction(claim), hasCode('store_conflict', 'full'));
        assert.equal((await store.getAction('a1'))?.state, 'open');
        assert.equal((await store.getTurn('turn1'))?.status, 'paused');
        await tamper(file, (db) => db.exec('DROP TRIGGER no_more'));
        assert.equal((await store.claimAction(claim)).kind, 'claimed');
        await tamper(file, (db) => db.exec(refuse));
        await assert.rejects(store.startCall(startCall()), hasCode('store_conflict', 'full'));
        assert.equal((await store.getCall('turn1', 'c1'))?.state, 'planned');
      });
      assert.equal((await verify(file)).broken, undefined);
    }),
  );

  it(
    'keeps no secret and no long text',
    withFile(async (file) => {
      const key = `${'ghp_'}abcdefghijklmnopqrstuvwxyz`;
      const text = `${key} ${'x'.repeat(9000)}`;
      await using(file, async ({ store }) => {
        await seedPaused(store);
        await store.claimAction({ ...claim, decisions: { c1: { type: 'respond', text } } });
        const rows = await store.readLedger(null, 100);
        assert.ok(!JSON.stringify(rows).includes(key));
        assert.ok((rows.at(-1)?.body.length ?? 0) < 1500);
      });
      assert.equal((await verify(file)).broken, undefined);
    }),
  );

  it(
    'holds whatever a call id or a tool is called',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        await seed(store);
        const odd = { callId: 'c\ud800\u0000\u2028"', tool: '\udc00__proto__' };
        await store.planCalls([plannedCall(odd)]);
        await store.appendLedger([]);
      });
      const { broken, last } = await verify(file);
      assert.deepEqual([broken, last.seq], [undefined, 2]);
    }),
  );

  it(
    'refuses updates, deletions, replacements and rows out of line',
    withFile(async (file) => {
      await using(file, ({ store }) => seedRows(store, 3));
      await tamper(file, (db) => {
        const row = `at, turn_id, call_id, kind, body, prev_hash, hash FROM ledger WHERE seq = 3`;
        const tries = [
          "UPDATE ledger SET kind = 'x' WHERE seq = 2",
          'DELETE FROM ledger WHERE seq = 3',
          'DELETE FROM ledger',
          `INSERT OR REPLACE INTO ledger SELECT 2, ${row}`,
          `INSERT INTO ledger SELECT 5, ${row}`,
          `INSERT INTO ledger SELECT 4, ${row}`,
          'UPDATE ledger_head SET seq = 2',
          "UPDATE ledger_head SET hash = 'x'",
          'DELETE FROM ledger_head',
          "INSERT INTO ledger_head VALUES (2, 0, 'x')",
        ];
        for (const sql of tries) {
          assert.throws(() => db.exec(sql), /append-only|follows the last one|CHECK/, sql);
        }
      });
      assert.deepEqual((await verify(file)).broken, undefined);
    }),
  );

  it(
    'without the note of its last row nothing more is recorded, and that is said',
    withFile(async (file) => {
      await using(file, ({ store }) => seedRows(store, 2));
      await force(file, 'DELETE FROM ledger_head');
      await using(file, async ({ store }) => {
        await assert.rejects(seedRows(store, 1), hasCode('ledger_damaged', 'ledger verify'));
        await assert.rejects(store.ledgerHead(), hasCode('ledger_damaged'));
      });
    }),
  );
});

describe('ledger verify on a file that was tampered with', () => {
  const ROWS = 6;
  const columns = ['at = at + 1', "kind = 'verdict'", "body = '{}'", "turn_id = 'turn2'"];
  const texts = ["hash = replace(hash, substr(hash, 1, 1), '-')", "prev_hash = ''", "call_id = ''"];
  const seq = fc.integer({ min: 1, max: ROWS });
  const change = fc
    .tuple(fc.constantFrom(...columns, ...texts), seq)
    .map(([set, at]) => ({ sql: `UPDATE ledger SET ${set} WHERE seq = ${at}`, seq: at }));
  const removal = seq.map((at) => ({ sql: `DELETE FROM ledger WHERE seq = ${at}`, seq: at }));
  const truncation = seq.map((at) => ({ sql: `DELETE FROM ledger WHERE seq >= ${at}`, seq: at }));
  const closing = seq.map((at) => ({
    sql: `DELETE FROM ledger WHERE seq = ${at}; UPDATE ledger SET seq = seq - 1 WHERE seq > ${at}`,
    seq: at,
  }));
  const swap = fc.uniqueArray(seq, { minLength: 2, maxLength: 2 }).map(([a = 0, b = 0]) => ({
    sql: `UPDATE ledger SET seq = 0 WHERE seq = ${a}; UPDATE ledger SET seq = ${a} WHERE seq = ${b};
        UPDATE ledger SET seq = ${b} WHERE seq = 0`,
    seq: Math.min(a, b),
  }));
  const copied = 'at, turn_id, call_id, kind, body, prev_hash, hash FROM ledger';
  const insertion = fc.constantFrom(
    { sql: `INSERT INTO ledger SELECT 0, ${copied} WHERE seq = 1`, seq: 0 },
    { sql: `INSERT INTO ledger SELECT -7, ${copied} WHERE seq = 1`, seq: -7 },
    { sql: `INSERT INTO ledger SELECT ${ROWS + 1}, ${copied} WHERE seq = 1`, seq: ROWS + 1 },
    { sql: "UPDATE ledger_head SET hash = 'x'", seq: ROWS },
    { sql: 'UPDATE ledger_head SET seq = 2', seq: 3 },
    { sql: 'DELETE FROM ledger_head', seq: ROWS + 1 },
  );
  const attacks = fc.oneof(change, removal, truncation, closing, swap, insertion);

  it('says the first row that is not as it was written, and counts those before it', async () => {
    await withFile(async (file) => {
      const whole = `${file}.whole`;
      await using(whole, ({ store }) => seedRows(store, ROWS));
      const check = fc.asyncProperty(attacks, async (attack) => {
        copyFileSync(whole, file);
        await force(file, attack.sql);
        const { broken, last } = await verify(file);
        assert.equal(broken?.seq, attack.seq);
        assert.equal(last.seq, Math.min(ROWS, Math.max(0, wholeBefore(attack))));
      });
      await fc.assert(check, { numRuns: 150 });
    })();
  }).timeout(60_000);

  /** A note that is wrong breaks no row; everything else breaks the row it names. */
  function wholeBefore({ sql, seq: at }: { sql: string; seq: number }): number {
    return sql.includes('ledger_head') ? ROWS : at - 1;
  }

  it(
    'more rows than one chunk are looked at',
    withFile(async (file) => {
      await using(file, ({ store }) => seedRows(store, 1201));
      assert.equal((await verify(file)).last.seq, 1201);
      await force(file, "UPDATE ledger SET body = '{}' WHERE seq = 1100");
      assert.equal((await verify(file)).broken?.seq, 1100);
    }),
  );

  it(
    'changes nothing in a file without a ledger, of another program or with damaged bytes',
    withFile(async (file) => {
      await using(file, ({ store }) => seedRows(store, 1));
      const refused = async (...error: Parameters<typeof hasCode>): Promise<void> => {
        const before = readFileSync(file);
        await assert.rejects(verify(file), hasCode(...error));
        assert.deepEqual(readFileSync(file), before);
      };
      await tamper(file, (db) => db.exec('DROP TABLE ledger_head; DROP TABLE ledger'));
      await refused('no_ledger', 'older');
      await tamper(file, (db) => db.pragma('application_id=7'));
      await refused('store_foreign');
      writeFileSync(file, 'no database at all');
      await refused('store_failed', 'damaged');
    }),
  );
});

describe('ledger verify on a file that a crash left half written', () => {
  it(
    'says what to do, and finds the ledger whole once that was done',
    withFile(async (file) => {
      const copy = `${file}.copy`;
      const { store } = await open(file, { probeWal: () => false });
      await seedRows(store, 2);
      store.dispose();
      await tamper(file, (db) => {
        db.pragma('cache_size=1');
        db.exec('BEGIN IMMEDIATE');
        const insert = db.prepare('INSERT INTO blob (hash, body) VALUES (?, ?)');
        for (let n = 0; n < 100; n += 1) insert.run(`h${n}`, 'x'.repeat(5000));
        copyFileSync(file, copy);
        copyFileSync(`${file}-journal`, `${copy}-journal`);
      });
      await assert.rejects(verify(copy), hasCode('store_unsettled', 'pending'));
      await using(copy, async () => undefined);
      assert.deepEqual(await verify(copy), await verify(file));
      assert.equal((await verify(copy)).last.seq, 2);
    }),
  );
});

describe('several processes, one ledger', () => {
  const worker = fileURLToPath(new URL('ledgerWorker.ts', import.meta.url));
  const EACH = 100;

  async function start(file: string, name: string) {
    const child = spawn(process.execPath, [worker, file, name, String(EACH)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exit = once(child, 'exit');
    await once(child.stdout, 'data');
    return { go: () => child.stdin.write('go'), exit };
  }

  it(
    'keep one chain, each move’s rows together',
    withFile(async (file) => {
      const names = ['w1', 'w2', 'w3'];
      const racers = await Promise.all(names.map((name) => start(file, name)));
      for (const racer of racers) racer.go();
      for (const { exit } of racers) assert.deepEqual(await exit, [0, null]);
      const { broken, last } = await verify(file);
      assert.deepEqual([broken, last.seq], [undefined, names.length * EACH * 2]);
      await using(file, async ({ store }) => {
        const rows = await store.readLedger(null, 10_000);
        for (const [index, row] of rows.entries()) {
          if (index % 2 === 0) continue;
          const before = rows[index - 1];
          assert.equal(before?.turnId, row.turnId);
          assert.equal(before?.callId?.replace('a', 'b'), row.callId);
        }
        const byName = names.map((name) => rows.filter((row) => row.turnId === name).length);
        assert.deepEqual(byName, [EACH * 2, EACH * 2, EACH * 2]);
      });
    }),
  ).timeout(60_000);
});
