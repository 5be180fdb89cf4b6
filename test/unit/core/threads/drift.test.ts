// A turn that waits while the program or its settings become others: nothing is consumed, and nothing of the change counts.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { driftOf } from '../../../../src/core/agent/drift.ts';
import { TurnSnapshot, type Ingredient } from '../../../../src/core/agent/snapshot.ts';
import { Engine } from '../../../../src/core/threads/engine.ts';
import { useBench, type Bench, type Reply } from '../agent/support.ts';
import type { RunnerDeps } from '../../../../src/core/agent/turnRunner.ts';
import type { ModelProvider } from '../../../../src/core/ports/model.ts';

const EDIT = { path: 'a.txt', old_string: 'one', new_string: 'two' };
const approve = { c1: { type: 'approve' } } as const;

describe('drift', () => {
  const bench = useBench({ 'a.txt': 'one\n' });
  const engines: Engine[] = [];
  afterEach(() => {
    for (const engine of engines.splice(0)) engine.dispose();
  });

  /** The engine of another version of the program, or with other settings, on the same state. */
  function other(changes: Partial<RunnerDeps>): Engine {
    const engine = new Engine({ ...bench().deps, ...changes });
    engines.push(engine);
    return engine;
  }

  function provider(changes: Partial<ModelProvider>): RunnerDeps['providers'] {
    const played = bench().deps.providers.get('played');
    assert.ok(played);
    return new Map([['played', { ...played, ...changes }]]);
  }

  const without = (name: string): Partial<RunnerDeps> => ({
    tools: bench().deps.tools.filter((tool) => tool.name !== name),
  });

  async function paused(engine: Engine = bench().engine, ...then: Reply[]) {
    const { say, action } = bench();
    say({ text: 'I edit.', calls: [{ id: 'c1', name: 'edit_file', args: EDIT }] }, ...then);
    say({ text: 'Ok' });
    const thread = await engine.createThread();
    const model = { provider: 'played', id: 'x' };
    await (
      await engine.startTurn({ threadId: thread.id, text: 'go', model, mode: 'default' })
    ).done;
    return action();
  }

  async function refused(engine: Engine, actionId: string, drift?: string) {
    const more = drift === undefined ? {} : { drift };
    const outcome = await engine.submit({ actionId, decisions: approve, ...more }, 'test');
    assert.ok(!outcome.ok);
    assert.equal(outcome.refusal.code, 'snapshot_drift');
    assert.equal((await bench().deps.store.getAction(actionId))?.state, 'open', 'not consumed');
    return outcome.refusal;
  }

  const text = (b: Bench): Promise<string> => readFile(b.at('a.txt'), 'utf8');

  it('refuses a decision while a tool is gone, names it, and takes it with the hash of exactly this drift (H21, H33)', async () => {
    const action = await paused();
    const engine = other(without('read_file'));
    const refusal = await refused(engine, action.id);
    assert.match(refusal.message, /The tool read_file is gone/);
    await refused(engine, action.id, 'another hash');
    await refused(other(without('ask_user')), action.id, refusal.drift);
    assert.equal(await text(bench()), 'one\n');
    const drift = refusal.drift ?? '';
    const outcome = await engine.submit({ actionId: action.id, decisions: approve, drift }, 'test');
    assert.ok(outcome.ok);
    await outcome.done;
    assert.equal(await text(bench()), 'two\n');
  });

  it('what was accepted is not asked again: neither at the next pause nor when its process dies (H33, H40)', async () => {
    const ask = { id: 'c2', name: 'ask_user', args: { question: 'More?' } };
    const action = await paused(bench().engine, { calls: [ask] });
    const engine = other(without('read_file'));
    const { drift = '' } = await refused(engine, action.id);
    const { store } = bench().deps;
    const claim = { actionId: action.id, decisions: approve, decidedBy: 'test', at: 1, drift };
    assert.equal((await store.claimAction(claim)).kind, 'claimed');
    const turn = await store.getTurn(action.turnId);
    assert.ok(turn);
    const code = 'store_busy';
    await store.releaseTurn({ ...turn, code, message: 'Its process died right after the claim.' });
    const [drive] = await engine.recover({ drive: true });
    await drive?.done;
    assert.equal(await text(bench()), 'two\n');
    const next = await bench().action();
    const answer = { actionId: next.id, answer: 'no' };
    const elsewhere = await other(without('list_directory')).submit(answer, 'test');
    assert.equal(!elsewhere.ok && elsewhere.refusal.code, 'snapshot_drift', 'another drift is one');
    const outcome = await engine.submit(answer, 'test');
    assert.ok(outcome.ok);
    await outcome.done;
  });

  it('resumed as it was, the model is told of the tools and the prompt that it was started with (H19)', async () => {
    const action = await paused();
    const [first] = bench().requests;
    const engine = other(without('read_file'));
    const { drift = '' } = await refused(engine, action.id);
    const outcome = await engine.submit({ actionId: action.id, decisions: approve, drift }, 'test');
    assert.ok(outcome.ok);
    await outcome.done;
    const last = bench().requests.at(-1);
    assert.equal(bench().requests.length, 2);
    assert.ok(first?.tools.some((tool) => tool.name === 'read_file'));
    assert.ok(last);
    assert.deepEqual([last.tools, last.system], [first?.tools, first?.system]);
  });

  it('a call to a tool that is gone ends in one error result that says so', async () => {
    const action = await paused();
    const engine = other(without('edit_file'));
    const { drift = '' } = await refused(engine, action.id);
    const outcome = await engine.submit({ actionId: action.id, decisions: approve, drift }, 'test');
    assert.ok(outcome.ok);
    await outcome.done;
    const results = await bench().results(action.turnId);
    assert.deepEqual(
      results.map(({ callId, status }) => [callId, status]),
      [['c1', 'error']],
    );
    assert.match(results[0]?.text ?? '', /no tool named "edit_file"/);
    assert.equal(await text(bench()), 'one\n');
  });

  it('an endpoint that settings changed does not count: the turn goes on where it was started, once that is accepted (H20, HA2)', async () => {
    const asked: (string | undefined)[] = [];
    const played = bench().deps.providers.get('played');
    assert.ok(played);
    const at = (endpoint: string): RunnerDeps['providers'] =>
      provider({
        endpoint: () => endpoint,
        secret: 'countersign.key.played',
        stream: (request) => {
          asked.push(request.model.endpoint);
          return played.stream(request);
        },
      });
    const action = await paused(other({ providers: at('http://one.test/v1') }));
    const turn = await bench().deps.store.getTurn(action.turnId);
    const { model } = TurnSnapshot.parse(turn?.snapshot);
    assert.deepEqual(model, {
      ...{ provider: 'played', id: 'x' },
      ...{ endpoint: 'http://one.test/v1', secret: 'countersign.key.played' },
    });
    const engine = other({ providers: at('http://two.test/v1') });
    const { drift = '', message } = await refused(engine, action.id);
    assert.match(message, /was http:\/\/one\.test\/v1 and is http:\/\/two\.test\/v1 now/);
    const third = other({ providers: at('http://three.test/v1') });
    await refused(third, action.id, drift);
    const outcome = await engine.submit({ actionId: action.id, decisions: approve, drift }, 'test');
    assert.ok(outcome.ok);
    await outcome.done;
    assert.deepEqual(asked, ['http://one.test/v1', 'http://one.test/v1']);
  });

  it('a prompt of another version is drift, found by rendering it anew from the snapshot’s own facts (H21, H48)', async () => {
    const action = await paused();
    const { store } = bench().deps;
    const turn = await store.getTurn(action.turnId);
    assert.ok(turn);
    assert.deepEqual(
      bench().engine.drift(turn),
      { changes: [], hash: null },
      'later, still the same',
    );
    const snapshot = TurnSnapshot.parse(turn.snapshot);
    const ingredients = snapshot.ingredients.map((one) =>
      one.kind === 'prompt' ? { ...one, hash: 'of another version' } : one,
    );
    const { changes } = bench().engine.drift({
      ...turn,
      snapshot: { ...snapshot, ingredients },
    });
    assert.deepEqual(
      changes.map(({ kind, change }) => [kind, change]),
      [['prompt', 'changed']],
    );
  });

  it('a provider that is gone is drift; a rule that changed is none', async () => {
    const action = await paused();
    const { message } = await refused(other({ providers: new Map() }), action.id);
    assert.match(message, /The provider of the model played:x is gone/);
    bench().settings['countersign.approval.deny'] = ['edit(a.txt)'];
    const outcome = await bench().engine.submit(
      { actionId: action.id, decisions: approve },
      'test',
    );
    assert.ok(outcome.ok, 'not refused');
    await outcome.done;
    assert.equal(await text(bench()), 'one\n', 'but the rule counts');
  });

  it('ask again: a fresh snapshot, the proposals made anew, and the old card is expired', async () => {
    const action = await paused();
    await writeFile(bench().at('a.txt'), 'zero\none\n');
    const engine = other(without('read_file'));
    await refused(engine, action.id);
    assert.equal(await engine.askAgain(action.turnId), true);
    const again = await bench().action();
    assert.notEqual(again.id, action.id);
    assert.equal((await bench().deps.store.getAction(action.id))?.state, 'expired');
    const turn = await bench().deps.store.getTurn(action.turnId);
    assert.ok(turn?.status === 'paused');
    assert.deepEqual(engine.drift(turn).changes, []);
    assert.ok(again.requests[0]?.proposal.kind === 'edit');
    assert.equal(again.requests[0].proposal.newText, 'zero\ntwo\n');
    const outcome = await engine.submit({ actionId: again.id, decisions: approve }, 'test');
    assert.ok(outcome.ok);
    await outcome.done;
    const told = bench()
      .requests.at(-1)
      ?.tools.map((tool) => tool.name);
    assert.ok(told?.includes('edit_file') && !told.includes('read_file'));
    assert.equal(await text(bench()), 'zero\ntwo\n');
  });

  it('ask again: when the only tool that asks is gone nothing is touched', async () => {
    const action = await paused();
    const engine = other(without('edit_file'));
    await assert.rejects(engine.askAgain(action.turnId), { code: 'nothing_to_ask' });
    assert.equal((await bench().deps.store.getAction(action.id))?.state, 'open');
    const [call] = await bench().deps.store.callsOfTurn(action.turnId);
    assert.equal(call?.state, 'planned');
  });

  it('ask again: a model that is gone is replaced by the chosen one, and never by a guess', async () => {
    const action = await paused();
    const played = bench().deps.providers.get('played');
    assert.ok(played);
    const engine = other({ providers: new Map([['next', played]]) });
    await assert.rejects(engine.askAgain(action.turnId), { code: 'model_not_configured' });
    assert.equal((await bench().deps.store.getAction(action.id))?.state, 'open');
    assert.equal(await engine.askAgain(action.turnId, { provider: 'next', id: 'y' }), true);
    const turn = await bench().deps.store.getTurn(action.turnId);
    const { model } = TurnSnapshot.parse(turn?.snapshot);
    assert.deepEqual(model, { provider: 'next', id: 'y' });
  });

  it('without the kept texts of its tools a turn fails clearly and says nothing else to the model (HB13)', async () => {
    const { deps, say } = bench();
    say({ text: 'never said' });
    const engine = other({ store: { ...deps.store, getText: async () => undefined } });
    const thread = await engine.createThread();
    const model = { provider: 'played', id: 'x' };
    const drive = await engine.startTurn({
      threadId: thread.id,
      text: 'go',
      model,
      mode: 'default',
    });
    const end = await drive.done;
    assert.ok(end.kind === 'ended');
    assert.deepEqual([end.turn.status, end.turn.code], ['failed', 'snapshot_lost']);
    assert.equal(bench().requests.length, 0);
  });

  it('driftOf tells changed from gone for every kind, and passes over what is only new (H89, HA4)', () => {
    const kinds = ['model', 'prompt', 'tool', 'agent', 'attachment', 'server'] as const;
    for (const kind of kinds) {
      const was: Ingredient = { kind, name: 'x', hash: '1' };
      const now: Ingredient = { kind, name: 'x', hash: '2' };
      const fresh: Ingredient = { kind, name: 'y', hash: '3' };
      assert.deepEqual(driftOf([was], [fresh, was]), []);
      const [changed] = driftOf([was], [now, fresh]);
      const [gone] = driftOf([was], [fresh]);
      assert.deepEqual([changed?.change, gone?.change], ['changed', 'gone'], kind);
      for (const one of [changed, gone]) assert.match(one?.text ?? '', /^[A-Z].*\.$/, kind);
    }
  });
});
