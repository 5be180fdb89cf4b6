// Approvals that are remembered: what they allow afterwards, where and how often, and that nothing else is learned.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { openBench, type Bench } from '../agent/support.ts';
import type { ActionRow } from '../../../../src/core/ports/store.ts';
import type { Decision, Decisions, JsonObject } from '../../../../src/protocol/calls.ts';
import type { Remember } from '../../../../src/protocol/consent.ts';

const KEY = 'c5'.repeat(32);
interface Call {
  id: string;
  name: string;
  args: JsonObject;
}
const run = (id: string, command: string, more: JsonObject = {}): Call => ({
  ...{ id, name: 'run_command', args: { command, ...more } },
});
/** Leaves a trace. */
const note = (id: string, text = 'x'): Call => run(id, `touch ${text}.txt`);
const remembered = (remember: Remember): Decision => ({ type: 'approve', remember });
const inThread: Remember = { scope: 'thread' };

describe('remembered approvals', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench({ 'a.txt': 'one\n' }, { consentKey: KEY });
  });
  afterEach(() => bench.dispose());

  const made = (name: string): Promise<boolean> =>
    readFile(bench.at(`${name}.txt`)).then(
      () => true,
      () => false,
    );

  async function waits(...calls: Call[]): Promise<ActionRow> {
    bench.say({ calls }, { text: 'Done' });
    await bench.run();
    return bench.action();
  }

  async function decide(action: ActionRow, decisions: Decisions): Promise<void> {
    const outcome = await bench.engine.submit({ actionId: action.id, decisions }, 'window 7');
    assert.ok(outcome.ok, outcome.ok ? '' : outcome.refusal.message);
    await outcome.done;
  }

  async function refusal(action: ActionRow, decisions: Decisions): Promise<string> {
    const outcome = await bench.engine.submit({ actionId: action.id, decisions }, 'test');
    assert.ok(!outcome.ok, 'refused');
    assert.equal((await bench.deps.store.getAction(action.id))?.state, 'open');
    assert.deepEqual(await bench.deps.store.listGrants(), []);
    return outcome.refusal.code;
  }

  /** Approves `note` once and remembers it. */
  async function teach(remember: Remember = inThread): Promise<ActionRow> {
    const action = await waits(note('c1'));
    await decide(action, { c1: remembered(remember) });
    return action;
  }

  /** Proposes it again in a new turn: the verdict on it, and whether it asked. */
  async function again(threadId?: string, call = note('c2')) {
    bench.say({ calls: [call] }, { text: 'Done' });
    const { turnId } = await bench.run(threadId === undefined ? {} : { threadId });
    const row = await bench.deps.store.getCall(turnId, call.id);
    const turn = await bench.deps.store.getTurn(turnId);
    assert.ok(row?.verdict && turn);
    const asked = turn.status === 'paused';
    if (asked) await decide(await bench.action(), { [call.id]: { type: 'reject' } });
    return { ...row.verdict, asked, turnId, row };
  }

  it('the offer stands on the request: exact rules, and how far', async () => {
    const { requests } = await waits(note('c1'), run('c2', 'python3 x.py'));
    const rules = ['shell(touch x.txt)'];
    assert.deepEqual(requests[0]?.remember, { rules, scopes: ['turn', 'thread', 'workspace'] });
    assert.equal(requests[1]?.remember, undefined);
  });

  it('the same call runs unasked in the thread, says why, and is counted; others ask (I12)', async () => {
    const { threadId } = await teach();
    const second = await again(threadId);
    assert.equal(second.asked, false);
    assert.equal(second.layer, 'grant');
    assert.equal(second.reason, 'rule `shell(touch x.txt)` remembered for this thread allows it');
    assert.equal(second.row.outcome, 'ok');
    const [grant] = await bench.deps.store.listGrants();
    assert.deepEqual(
      [grant?.rule, grant?.by, grant?.used, grant?.callId, grant?.expiresAt],
      ['shell(touch x.txt)', 'window 7', 1, 'c1', null],
    );
    assert.equal((await again()).asked, true, 'another thread');
    assert.equal((await again(threadId, note('c3', 'y'))).asked, true, 'another command');
  });

  it('for the turn: the next batch of it runs unasked, the next turn asks', async () => {
    bench.say({ calls: [note('c1')] }, { calls: [note('c2')] }, { text: 'Done' });
    const { turnId, threadId } = await bench.run();
    await decide(await bench.action(), { c1: remembered({ scope: 'turn' }) });
    assert.equal((await bench.deps.store.getCall(turnId, 'c2'))?.verdict?.layer, 'grant');
    assert.equal((await bench.deps.store.getTurn(turnId))?.status, 'finished');
    assert.equal((await again(threadId)).asked, true);
  });

  it('for the workspace: in any thread', async () => {
    await teach({ scope: 'workspace' });
    assert.equal((await again()).asked, false);
  });

  it('in the folder of the workspace that it was learned in (I12)', async () => {
    await bench.dispose();
    bench = await openBench(
      { 'a.txt': 'one\n' },
      { consentKey: KEY, second: { 'a.txt': 'one\n' } },
    );
    const other = (id: string) => run(id, 'touch x.txt', { cwd: bench.folder.at('v') });
    const edit = (id: string, path: string): Call => ({
      ...{ id, name: 'write_file', args: { path, content: `${id}\n` } },
    });
    const calls = [note('c1'), edit('e1', bench.folder.at('v/a.txt'))];
    const action = await waits(...calls);
    const { threadId } = action;
    const remember = remembered({ scope: 'workspace' });
    await decide(action, { c1: remember, e1: remember });
    assert.equal((await again(threadId, other('c2'))).asked, true);
    assert.equal((await again(threadId, edit('e2', 'a.txt'))).asked, true);
    assert.equal((await again(threadId, note('c3'))).asked, false);
    assert.equal((await again(threadId, edit('e3', bench.folder.at('v/a.txt')))).asked, false);
  });

  it('for one more call: the call it was learned from is not counted, the second one asks', async () => {
    const { threadId } = await teach({ scope: 'thread', uses: 1 });
    assert.equal((await bench.deps.store.listGrants())[0]?.used, 0);
    assert.equal((await again(threadId)).asked, false);
    assert.equal((await again(threadId, note('c3'))).asked, true);
    assert.equal((await bench.deps.store.listGrants())[0]?.used, 1);
  });

  it('a grant without a limit is used before one with', async () => {
    const first = await waits(note('c1'));
    await decide(first, { c1: remembered({ scope: 'thread', uses: 3 }) });
    const { rule, ...more } = (await bench.deps.store.listGrants())[0]!;
    await bench.deps.store.addGrants([{ ...more, rule, id: 'gfree', uses: null }]);
    assert.equal((await again(first.threadId)).asked, false);
    const used = (await bench.deps.store.listGrants()).map(({ id, used: n }) => [id, n]);
    assert.deepEqual(
      used.filter(([, n]) => n === 1).map(([id]) => id),
      ['gfree'],
    );
  });

  it('ends after its minutes (I12)', async () => {
    const before = Date.now();
    const { threadId } = await teach({ scope: 'thread', minutes: 30 });
    const [grant] = await bench.deps.store.listGrants();
    const end = (grant?.expiresAt ?? 0) - 30 * 60_000;
    assert.ok(end >= before && end <= Date.now());
    assert.match(
      (await again(threadId)).reason,
      /remembered for this thread until \d{4}-\d\d-\d\dT\d\d:\d\dZ/,
    );
    const at = Date.now();
    await bench.deps.store.endGrant(grant?.id ?? '', { expiresAt: at, at });
    assert.equal((await again(threadId, note('c3'))).asked, true);
  });

  it('rules that deny or ask beat it, from the next decision on', async () => {
    const { threadId } = await teach();
    bench.settings['countersign.approval.ask'] = ['shell(touch *)'];
    assert.equal((await again(threadId)).asked, true);
    bench.settings['countersign.approval.deny'] = ['shell(touch *)'];
    const denied = await again(threadId, note('c3'));
    assert.deepEqual([denied.verdict, denied.row.state], ['deny', 'blocked']);
  });

  it('revoked after the plan: the call does not run', async () => {
    const { threadId } = await teach();
    const { store } = bench.deps;
    const [grant] = await store.listGrants();
    const plan = store.planCalls.bind(store);
    store.planCalls = async (rows) => {
      await plan(rows);
      await store.revokeGrant(grant?.id ?? '');
    };
    const { row } = await again(threadId);
    assert.deepEqual([row.state, row.outcome], ['blocked', 'denied']);
    assert.match(row.result ?? '', /now it needs the user’s approval/);
  });

  it('its only use is kept by the call that was planned with it', async () => {
    const { threadId } = await teach({ scope: 'thread', uses: 1 });
    bench.say({ calls: [note('c2'), note('c3')] }, { text: 'Done' });
    const { turnId } = await bench.run({ threadId });
    const verdicts = (await bench.deps.store.callsOfTurn(turnId)).map(
      ({ verdict }) => verdict?.verdict,
    );
    assert.deepEqual(verdicts, ['allow', 'ask']);
    await decide(await bench.action(), { c3: { type: 'reject' } });
    assert.equal((await bench.deps.store.getCall(turnId, 'c2'))?.outcome, 'ok');
  });

  it('refuses what was not offered, and consumes nothing', async () => {
    const action = await waits(note('c1'), run('c2', 'python3 x.py'));
    const both = (c1: Decision, c2: Decision): Decisions => ({ c1, c2 });
    const approve: Decision = { type: 'approve' };
    assert.equal(
      await refusal(action, both(remembered({ scope: 'always' }), approve)),
      'not_allowed',
    );
    assert.equal(await refusal(action, both(approve, remembered(inThread))), 'not_allowed');
    assert.equal(await made('x'), false);
  });

  it('nothing is learned from an edit, a rejection or an answer', async () => {
    const action = await waits(note('c1'), note('c2', 'y'), note('c3', 'z'));
    await decide(action, {
      c1: { type: 'edit', args: { command: 'touch w.txt' } },
      c2: { type: 'reject' },
      c3: { type: 'respond', text: 'No need' },
    });
    assert.deepEqual(await bench.deps.store.listGrants(), []);
  });

  it('of two windows that decide at once only the winner’s grants are added', async () => {
    const action = await waits(note('c1'));
    const decisions = { c1: remembered(inThread) };
    const outcomes = await Promise.all(
      ['one', 'two', 'three'].map((by) =>
        bench.engine.submit({ actionId: action.id, decisions }, by),
      ),
    );
    const won = outcomes.filter((outcome) => outcome.ok);
    assert.equal(won.length, 1);
    for (const outcome of won) if (outcome.ok) await outcome.done;
    assert.equal((await bench.deps.store.listGrants()).length, 1);
  });

  it('when it cannot be kept, the decision stands and the human is told', async () => {
    const action = await waits(note('c1'));
    bench.deps.store.addGrants = async () => {
      throw new Error('no disk');
    };
    await decide(action, { c1: remembered(inThread) });
    assert.equal(await made('x'), true);
    assert.match(
      bench.engine.notice ?? '',
      /counts for this call, but it could not be remembered: no disk/,
    );
  });

  it('the record says how far it was remembered and what was added', async () => {
    const { id } = await teach({ scope: 'thread', minutes: 5, uses: 2 });
    const rows = await bench.deps.store.readLedger(null, 100);
    const decision = rows.find(({ kind }) => kind === 'decision');
    const added = rows.find(({ kind }) => kind === 'grant.added');
    const at = (row: typeof decision) => JSON.parse(row?.body ?? '{}') as Record<string, unknown>;
    assert.deepEqual(at(decision)['remember'], { scope: 'thread', minutes: 5, uses: 2 });
    assert.equal(at(decision)['actionId'], id);
    assert.equal(at(added)['rule'], 'shell(touch x.txt)');
    assert.ok(rows.indexOf(added!) > rows.indexOf(decision!));
  });

  it('grants that cannot be read allow nothing, and nothing breaks', async () => {
    const { threadId } = await teach();
    bench.deps.store.listGrants = async () => {
      throw new Error('no disk');
    };
    assert.equal((await again(threadId)).asked, true);
  });
});

describe('without a key', () => {
  it('nothing is offered, remembered or refused without reason', async () => {
    const bench = await openBench();
    try {
      bench.say({ calls: [note('c1')] }, { text: 'Done' });
      await bench.run();
      const action = await bench.action();
      assert.equal(action.requests[0]?.remember, undefined);
      const decisions = { c1: remembered(inThread) };
      const outcome = await bench.engine.submit({ actionId: action.id, decisions }, 'test');
      assert.equal(outcome.ok ? '' : outcome.refusal.code, 'not_allowed');
    } finally {
      await bench.dispose();
    }
  });
});
