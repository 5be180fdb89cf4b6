// The ledger on the command line: the whole story of a turn in order, nothing secret in it, and any tampering found.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { LedgerEntry } from '../../src/core/ledger/entrySchema.ts';
import { tamper } from '../unit/node/sqlite/support.ts';
import {
  approve,
  cli,
  editArgs,
  editContent,
  reject,
  respond,
  show,
  useFlow,
  type CliRun,
  type Entry,
} from './support.ts';

interface Exported {
  seq: number;
  prevHash: string;
  hash: string;
  entry: LedgerEntry;
}

type Entries<K extends LedgerEntry['kind']> = Extract<LedgerEntry, { kind: K }>;

const KEY = `${'sk-'}proj-abcdefghijklmnopqrstuvwxyz`;
const TRIGGERS = ['ledger_no_update', 'ledger_no_delete', 'ledger_head_follows'];

describe('the ledger on the command line', function () {
  this.timeout(120_000);
  const flow = useFlow({ 'a.txt': 'one\ntwo\nthree\n', 'keep.txt': 'the kept content\n' });

  const ledger = (command: string, ...more: string[]): Promise<CliRun> =>
    cli(['ledger', command, '--state', flow().stateFile, ...more]);

  async function exported(): Promise<Exported[]> {
    const run = await ledger('export');
    assert.equal(run.status, 0, show(run));
    assert.equal(run.stderr, '');
    return run.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const row = JSON.parse(line) as Exported;
        return { ...row, entry: LedgerEntry.parse(row) };
      });
  }

  function of<K extends LedgerEntry['kind']>(rows: readonly Exported[], kind: K): Entries<K>[] {
    return rows
      .map(({ entry }) => entry)
      .filter((entry): entry is Entries<K> => entry.kind === kind);
  }

  const script: Entry[] = [
    {
      text: 'Seven at once',
      toolCalls: [
        { id: 'read', name: 'read_file', args: { path: 'keep.txt' } },
        { id: 'never', name: 'run_command', args: { command: 'git push' } },
        { id: 'yes', name: 'write_file', args: { path: 'yes.txt', content: 'secret content\n' } },
        {
          ...{ id: 'text', name: 'edit_file' },
          args: { path: 'a.txt', old_string: 'two', new_string: 'TWO' },
        },
        { id: 'args', name: 'run_command', args: { command: 'echo proposed' } },
        {
          id: 'no',
          name: 'run_command',
          args: { command: `curl -H "Authorization: Bearer ${KEY}"` },
        },
        { id: 'say', name: 'run_command', args: { command: 'touch said.txt' } },
        { id: 'bad', name: 'run_command', args: { comand: 1 } },
      ],
    },
    { text: 'Done' },
  ];
  const settings = { 'countersign.approval.deny': ['shell(git push)'] };
  const decisions = {
    yes: approve,
    text: editContent('one\n2\nthree\n'),
    args: editArgs({ command: 'echo changed by hand' }),
    no: reject(`never with ${KEY}`),
    say: respond('It is there already.'),
  };

  /** Allowed, denied, approved, edited twice, rejected, answered and malformed calls in one batch. */
  async function wholeTurn(): Promise<void> {
    const started = await flow().run(script, { settings });
    assert.equal(started.status, 3, show(started));
    const end = await flow().decide(started.end.actionId, { decisions }, { settings });
    assert.equal(end.status, 0, show(end));
  }

  it('tells the whole story of a turn, in order (HW9, I15)', async () => {
    await wholeTurn();
    const rows = await exported();
    assert.deepEqual(
      rows.map(({ entry: { kind, callId } }) => (callId === null ? kind : `${kind} ${callId}`)),
      [
        'turn.started',
        ...['verdict read', 'verdict never', 'outcome never', 'verdict yes', 'verdict text'],
        ...['verdict args', 'verdict no', 'verdict say', 'verdict bad', 'outcome bad', 'asked'],
        ...['decision yes', 'decision text', 'decision args', 'decision no', 'decision say'],
        ...['started read', 'outcome read', 'started yes', 'outcome yes'],
        ...['started text', 'outcome text', 'started args', 'outcome args'],
        ...['outcome no', 'outcome say', 'turn.ended'],
      ],
    );
    const verdicts = of(rows, 'verdict').map(({ callId, body }) => [
      ...[callId, body.verdict?.verdict, body.verdict?.rule, body.verdict?.layer],
    ]);
    assert.deepEqual(verdicts.slice(0, 3), [
      ['read', 'allow', undefined, 'mode'],
      ['never', 'deny', 'shell(git push)', 'user'],
      ['yes', 'ask', undefined, 'mode'],
    ]);
    assert.deepEqual(
      of(rows, 'outcome').map(({ callId, body }) => [callId, body.state, body.outcome]),
      [
        ...[
          ['never', 'blocked', 'denied'],
          ['bad', 'blocked', 'invalid'],
          ['read', 'done', 'ok'],
        ],
        ...[
          ['yes', 'done', 'ok'],
          ['text', 'done', 'ok'],
          ['args', 'done', 'ok'],
        ],
        ...[
          ['no', 'blocked', 'rejected'],
          ['say', 'blocked', 'responded'],
        ],
      ],
    );
    assert.equal(of(rows, 'turn.ended')[0]?.body.status, 'finished');
  });

  it('says of each decision who made it, where, when, how fast, and what was changed exactly (HW9)', async () => {
    await wholeTurn();
    const rows = await exported();
    const [asked] = of(rows, 'asked');
    const made = of(rows, 'decision');
    for (const { body, at } of made) {
      assert.equal(body.by, `command line (pid ${body.place.pid})`);
      assert.equal(body.place.host, hostname());
      assert.equal(body.actionId, asked?.body.actionId);
      assert.deepEqual([body.shownAt, body.decidedAt], [asked?.at, at]);
      assert.ok(body.latencyMs > 0);
      assert.equal(body.latencyMs, body.decidedAt - body.shownAt);
    }
    const [, text, args, no, say] = made;
    matches(text?.body.patch, /^ one\n-TWO\n\+2\n three$/m);
    matches(args?.body.patch, /^-echo proposed\n[^]*^\+echo changed by hand$/m);
    assert.equal(no?.body.text, 'never with [redacted:api-key]');
    assert.equal(say?.body.text, 'It is there already.');
    const [, , ran] = of(rows, 'started').filter(({ callId }) => callId !== 'read');
    assert.equal(ran?.body.edited?.proposal.target, 'echo changed by hand');
  });

  it('holds no secret and no content of a file (F4)', async () => {
    await wholeTurn();
    const { stdout } = await ledger('export');
    for (const text of [KEY, 'secret content', 'the kept content']) {
      assert.ok(!stdout.includes(text), text);
    }
    assert.ok(stdout.includes('Bearer [redacted:authorization]'));
  });

  it('is chained so that anybody can check an export', async () => {
    await wholeTurn();
    let last = '0'.repeat(64);
    for (const line of (await ledger('export')).stdout.split('\n').slice(0, -1)) {
      const { hash, prevHash, ...row } = JSON.parse(line) as Record<string, unknown>;
      assert.equal(prevHash, last);
      const text = JSON.stringify(sorted(row));
      assert.equal(hash, createHash('sha256').update(`${last}${text}`).digest('hex'));
      last = String(hash);
    }
    const whole = await ledger('verify');
    assert.equal(whole.status, 0, show(whole));
    assert.match(whole.stdout, new RegExp(`^The ledger is whole: 28 rows, .* ${last}\\.\n$`));
    assert.deepEqual(JSON.parse((await ledger('verify', '--json')).stdout), {
      ...{ type: 'ledger', whole: true, rows: 28, hash: last },
    });
  });

  it('finds what was changed, taken away, exchanged or cut off behind its back, and says where', async () => {
    await wholeTurn();
    const columns = 'at, turn_id, call_id, kind, body, prev_hash, hash';
    const exchange = `UPDATE ledger SET seq = -1 WHERE seq = 14; UPDATE ledger SET seq = 14 WHERE seq = 15;
      UPDATE ledger SET seq = 15 WHERE seq = -1`;
    const attacks: [sql: string, says: RegExp, seq: number][] = [
      [
        `UPDATE ledger SET body = replace(body, '"reject"', '"approve"') WHERE call_id = 'no' AND kind = 'decision'`,
        /changed/,
        16,
      ],
      ['DELETE FROM ledger WHERE seq IN (13, 14)', /rows 13 to 14 are missing/, 13],
      ['DELETE FROM ledger WHERE seq > 20', /rows 21 to 28 are missing at the end/, 21],
      [exchange, /row 14/, 14],
      [`INSERT INTO ledger SELECT 0, ${columns} FROM ledger WHERE seq = 1`, /put in/, 0],
    ];
    const { stateFile } = flow();
    const backup = readFileSync(stateFile);
    for (const [sql, says, seq] of attacks) {
      await tamper(stateFile, (db) => {
        for (const name of [...TRIGGERS, 'ledger_follows', 'ledger_noted']) {
          db.exec(`DROP TRIGGER IF EXISTS ${name}`);
        }
        db.exec(`SAVEPOINT attack; ${sql}; RELEASE attack`);
      });
      const broken = await ledger('verify');
      assert.equal(broken.status, 1, sql);
      assert.match(broken.stdout, new RegExp(`^The ledger is broken at row ${seq}: `));
      assert.match(broken.stdout, says);
      const json = JSON.parse((await ledger('verify', '--json')).stdout) as { seq: number };
      assert.equal(json.seq, seq);
      writeFileSync(stateFile, backup);
    }
    assert.equal((await ledger('verify')).status, 0);
  });

  it('a turn that was stopped by a reject is told too', async () => {
    const started = await flow().run([script[0] ?? {}], { settings });
    const stop = { type: 'reject', stop: true };
    const all = Object.fromEntries(Object.keys(decisions).map((id) => [id, stop]));
    const end = await flow().decide(started.end.actionId, { decisions: all }, { settings });
    assert.equal(end.status, 0, show(end));
    const rows = await exported();
    assert.deepEqual(
      of(rows, 'decision').map(({ body }) => [body.decision, body.stop]),
      Object.keys(decisions).map(() => ['reject', true]),
    );
    assert.equal(of(rows, 'turn.ended')[0]?.body.code, 'rejected_and_stopped');
  });

  it('refuses a missing file, further words and half a command', async () => {
    const missing = await ledger('verify', '--json');
    assert.equal(missing.status, 1);
    assert.match(missing.stdout, /no_state/);
    assert.equal((await ledger('export', 'more')).status, 2);
    assert.equal((await cli(['ledger'])).status, 2);
    assert.equal((await ledger('erase')).status, 2);
  });
});

function matches(text: unknown, pattern: RegExp): void {
  assert.ok(typeof text === 'string');
  assert.match(text, pattern);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, sorted(member)]));
}
