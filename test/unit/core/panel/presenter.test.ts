// The presenter over a channel: what a view is sent, and that nothing a view sends decides more than it may.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import type { PresenterDeps, Surface } from '../../../../src/core/panel/presenter.ts';
import { Engine } from '../../../../src/core/threads/engine.ts';
import { Session } from '../../../../src/core/panel/session.ts';
import { View } from './view.ts';
import { openBench, type Bench } from '../agent/support.ts';
import type { ActionRow } from '../../../../src/core/ports/store.ts';

const approve = { type: 'approve' } as const;

describe('the presenter', () => {
  let bench: Bench;
  let deps: PresenterDeps;
  let trusted: boolean;
  let confirms: boolean;
  const confirmed: string[] = [];
  const opened: string[] = [];
  const views: View[] = [];

  beforeEach(async () => {
    bench = await openBench({ 'a.txt': 'one\n' }, { consentKey: 'e4'.repeat(32) });
    trusted = true;
    confirms = true;
    confirmed.length = 0;
    opened.length = 0;
    const model = { provider: 'played', id: 'x', label: 'Played' };
    const session = new Session({ threadId: null, model, mode: 'default' }, (error) =>
      assert.fail(String(error)),
    );
    deps = {
      ...{ engine: bench.engine, store: bench.deps.store, session, tools: bench.deps.tools },
      ...{ clock: bench.deps.clock, logger: bench.logger, files: bench.deps.files },
      problems: () => ['a problem'],
      trusted: () => trusted,
      host: {
        openDiff: async (action, callId) => void opened.push(`diff ${action.id} ${callId}`),
        openAllDiffs: async () => undefined,
        openPanel: async (id) => void opened.push(`panel ${id}`),
        selectModel: async () => void opened.push('model'),
        tryDemo: async () => void opened.push('demo'),
        undoTurn: async (id) => void opened.push(`undo ${id}`),
        showTerminal: async ({ turnId, callId }) =>
          void opened.push(`terminal ${turnId} ${callId}`),
        showBackground: async () => void opened.push('background'),
        openWhy: async (rule, layer) => void opened.push(`why ${rule} ${layer}`),
        copy: async (text) => void opened.push(`copy ${text}`),
        insertAtCursor: async (text) => void opened.push(`insert ${text}`),
        openLink: async (address) => void opened.push(`link ${address}`),
        confirm: async (_question, detail) => {
          confirmed.push(detail);
          return confirms;
        },
        pickFiles: async () => [],
        filesOf: async () => [],
        decidedBy: 'this window',
      },
    };
  });
  afterEach(async () => {
    for (const view of views.splice(0)) view.presented.dispose();
    await bench.dispose();
  });

  function view(surface: Surface = { kind: 'chat' }): View {
    const made = new View(deps, surface);
    views.push(made);
    return made;
  }

  const sayWrite = (path = 'w.txt'): void =>
    bench.say(
      {
        text: 'I would write',
        calls: [{ id: 'w', name: 'write_file', args: { path, content: 'w\n' } }],
      },
      { text: 'Done' },
    );

  async function waiting(shown: View, path?: string): Promise<ActionRow> {
    sayWrite(path);
    assert.equal(await shown.ask({ type: 'send', text: 'Go' }), null);
    await bench.engine.idle();
    return bench.action();
  }

  it('sends nothing before the view is ready, then one snapshot (H70, H79)', async () => {
    const shown = view();
    sayWrite();
    await shown.ask({ type: 'send', text: 'Go' });
    await bench.engine.idle();
    assert.deepEqual(
      shown.posted.map(({ type }) => type),
      ['reply'],
    );
    await shown.ask({ type: 'ready' });
    const [snapshot] = shown.ofType('snapshot');
    assert.ok(snapshot);
    assert.deepEqual(
      snapshot.items.map(({ kind }) => kind),
      ['user', 'assistant', 'call'],
    );
    assert.deepEqual(snapshot.status.problems, ['a problem']);
    assert.equal(snapshot.status.waiting, 1);
    const [action] = snapshot.actions;
    assert.equal(action?.agentText, 'I would write');
    assert.equal(action.requests[0]?.before, '', 'a new file');
  });

  it('live updates add up to what a snapshot says (HB1)', async () => {
    const shown = view();
    await shown.ask({ type: 'ready' });
    const action = await waiting(shown);
    const decisions = { w: approve };
    const { id: actionId, proposalHash } = action;
    assert.equal(await shown.ask({ type: 'submit', actionId, proposalHash, decisions }), null);
    await bench.engine.idle();
    await shown.until((m) => m.type === 'status' && m.status.turn === 'finished');
    const later = view();
    await later.ask({ type: 'ready' });
    const [snapshot] = later.ofType('snapshot');
    assert.deepEqual(shown.state.items, snapshot?.items);
    assert.deepEqual(shown.state.status, snapshot?.status);
    assert.equal(existsSync(bench.at('w.txt')), true);
    const [first] = shown.ofType('action').map((m) => m.action.state);
    const last = shown.ofType('action').at(-1)?.action.state;
    assert.deepEqual([first, last], ['open', 'resolved']);
  });

  it('a panel is sent its own action only', async () => {
    const chat = view();
    const action = await waiting(chat);
    const panel = view({ kind: 'panel', actionId: action.id });
    const other = view({ kind: 'panel', actionId: 'a-other' });
    await Promise.all([panel.ask({ type: 'ready' }), other.ask({ type: 'ready' })]);
    const ids = (shown: View): (string | undefined)[] =>
      shown.ofType('snapshot').flatMap(({ actions }) => actions.map(({ actionId }) => actionId));
    assert.deepEqual([ids(panel), ids(other)], [[action.id], []]);
    assert.deepEqual(panel.ofType('snapshot')[0]?.items, []);
  });

  const card = {
    ...{ form: 'reject', reason: 'not now', respond: '', args: null, selected: [] },
    ...{ other: false, freeText: '', decision: null },
  };

  it('a draft reaches every view, and a disposed view is sent nothing more', async () => {
    const [shown, other] = [view(), view()];
    await Promise.all([shown.ask({ type: 'ready' }), other.ask({ type: 'ready' })]);
    const { id: actionId, proposalHash } = await waiting(shown);
    const draft = { type: 'draft', actionId, callId: 'w', proposalHash, card };
    assert.equal(await shown.ask(draft), null);
    await other.until(({ type }) => type === 'draft');
    assert.deepEqual(other.ofType('draft').at(-1)?.draft.card, card);
    assert.equal(await shown.ask({ ...draft, card: null }), null);
    await other.until((m) => m.type === 'draft' && m.draft.card === null);
    shown.presented.dispose();
    const count = shown.posted.length;
    shown.fire({ type: 'ready', requestId: 99 });
    assert.equal(await other.ask({ type: 'stop' }), null);
    await other.until((m) => m.type === 'status' && m.status.turn === 'cancelled');
    assert.equal(shown.posted.length, count);
  });

  const MALFORMED: [string, unknown, number][] = [
    ['nothing', undefined, 0],
    ['null', null, 0],
    ['text', 'submit', 0],
    ['a list', [{ type: 'ready', requestId: 1 }], 0],
    ['an unknown type', { type: 'approveAll', requestId: 7 }, 7],
    ['no type', { requestId: 8 }, 8],
    ['no request id', { type: 'ready' }, 0],
    ['a broken request id', { type: 'ready', requestId: 1.5 }, 0],
    ['a negative request id', { type: 'ready', requestId: -1 }, -1],
    ['an additional field', { type: 'stop', requestId: 9, force: true }, 9],
    ['an empty message', { type: 'send', requestId: 10, text: '' }, 10],
    ['a model in a message', { type: 'send', requestId: 11, text: 'x', model: 'other' }, 11],
    ['bypass spelt otherwise', { type: 'setMode', requestId: 12, mode: 'BYPASS' }, 12],
    [
      'decisions in a list',
      { type: 'submit', requestId: 13, actionId: 'a', proposalHash: 'h', decisions: [approve] },
      13,
    ],
    ['no proposal hash', { type: 'submit', requestId: 14, actionId: 'a', decisions: {} }, 14],
    [
      'a decision with a right of its own',
      {
        ...{ type: 'submit', requestId: 15, actionId: 'a', proposalHash: 'h' },
        decisions: { w: { type: 'approve', remember: 'always' } },
      },
      15,
    ],
    ['an endless id', { type: 'openPanel', requestId: 16, actionId: 'a'.repeat(1_000_000) }, 16],
  ];
  for (const [title, message, requestId] of MALFORMED) {
    it(`${title}: answered with an error, nothing changes`, async () => {
      const shown = view();
      const action = await waiting(shown);
      const reply = await shown.raw(message, requestId);
      assert.equal(reply.error?.code, 'bad_message');
      assert.equal((await bench.deps.store.getAction(action.id))?.state, 'open');
      assert.equal(deps.session.state.mode, 'default');
      assert.deepEqual(opened, []);
    });
  }

  it('whatever JSON comes: it is answered once, and approves nothing (H26)', async () => {
    const shown = view();
    const action = await waiting(shown);
    const type = fc.constantFrom(
      'ready',
      'submit',
      'setMode',
      'openDiff',
      'openPanel',
      'approve',
      'send',
    );
    const almost = fc.record(
      {
        type,
        requestId: fc.nat({ max: 1000 }),
        actionId: fc.constantFrom(action.id, 'a', '__proto__'),
        callId: fc.constantFrom('w', 'x'),
        proposalHash: fc.string(),
        mode: fc.constantFrom('bypass', 'plan', ''),
        decisions: fc.dictionary(
          fc.constantFrom('w', 'x', '__proto__', 'constructor'),
          fc.oneof(fc.constant(approve), fc.jsonValue()),
        ),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), almost), async (message) => {
        const before = shown.ofType('reply').length;
        shown.fire(message);
        await shown.until(() => shown.ofType('reply').length > before);
        assert.equal(shown.ofType('reply').length, before + 1);
      }),
    );
    assert.equal((await bench.deps.store.getAction(action.id))?.state, 'open');
    assert.equal((await bench.deps.store.getCall(action.turnId, 'w'))?.state, 'planned');
    assert.notEqual(deps.session.state.mode, 'bypass');
    assert.equal(existsSync(bench.at('w.txt')), false);
  });

  it('refusals come back with their code, nothing is consumed, and the right decision works then (H32)', async () => {
    const shown = view();
    const { id: actionId, proposalHash } = await waiting(shown);
    const submit = (more: object): Promise<string | null> =>
      shown.ask({ type: 'submit', actionId, proposalHash, decisions: { w: approve }, ...more });
    assert.equal(await submit({ proposalHash: 'other' }), 'proposal_mismatch');
    assert.equal(await submit({ decisions: {} }), 'undecided');
    assert.equal(await submit({ decisions: { w: approve, x: approve } }), 'unknown_call');
    assert.equal(await submit({ actionId: 'a-other' }), 'unknown_action');
    assert.equal(await submit({}), null);
    assert.equal(await submit({}), 'already_decided');
    await bench.engine.idle();
    const decided = await bench.deps.store.getAction(actionId);
    assert.equal(decided?.decidedBy, 'this window');
  });

  it('one approval is one execution: not twice, not after reject or stop, not from another window or a restarted one (U10)', async () => {
    const submit = (
      shown: View,
      { id: actionId, proposalHash }: ActionRow,
      decision: object,
    ): Promise<string | null> =>
      shown.ask({ type: 'submit', actionId, proposalHash, decisions: { w: decision } });
    const [shown, other] = [view(), view()];
    const rejected = await waiting(shown, 'rejected.txt');
    assert.equal(await submit(shown, rejected, { type: 'reject' }), null);
    await bench.engine.idle();
    assert.equal(await submit(shown, rejected, approve), 'already_decided');
    assert.equal(await submit(other, rejected, approve), 'already_decided');
    deps.session.update({ threadId: null });
    const approved = await waiting(shown, 'approved.txt');
    const both = await Promise.all([
      ...[1, 2, 3].map(() => submit(shown, approved, approve)),
      ...[1, 2, 3].map(() => submit(other, approved, approve)),
    ]);
    assert.equal(both.filter((code) => code === null).length, 1);
    await bench.engine.idle();
    deps.session.update({ threadId: null });
    const stopped = await waiting(shown, 'stopped.txt');
    assert.equal(await shown.ask({ type: 'stop' }), null);
    assert.notEqual(await submit(shown, stopped, approve), null);
    // The same state, opened anew: what it is told again is refused, and recovery runs nothing again.
    const engine = new Engine(bench.deps);
    const later = new View({ ...deps, engine }, { kind: 'chat' });
    views.push(later);
    await engine.recover({ drive: true });
    for (const action of [rejected, stopped, approved]) {
      assert.notEqual(await submit(later, action, approve), null);
    }
    await engine.idle();
    engine.dispose();
    assert.equal(existsSync(bench.at('rejected.txt')), false);
    assert.equal(existsSync(bench.at('stopped.txt')), false);
    const starts = (await bench.deps.store.callsOfTurn(approved.turnId)).map(({ state }) => state);
    assert.deepEqual(starts, ['done']);
  });

  it('thousands of hostile messages, replays among them, approve nothing and leave the view working (U14)', async function () {
    this.timeout(20_000);
    const shown = view();
    const { id: actionId, proposalHash, turnId } = await waiting(shown);
    const decisions: unknown = JSON.parse(
      '{"__proto__":{"type":"approve"},"constructor":{"type":"approve"}}',
    );
    const wrong = [
      { type: 'submit', requestId: 1, actionId, proposalHash, decisions },
      {
        type: 'submit',
        requestId: 1,
        actionId: '__proto__',
        proposalHash,
        decisions: { w: approve },
      },
      {
        type: 'submit',
        requestId: 1,
        actionId,
        proposalHash: 'constructor',
        decisions: { w: approve },
      },
      { type: 'submit', requestId: 1, actionId, proposalHash, decisions: { toString: approve } },
      { type: 'openDiff', requestId: 1, actionId, callId: '__proto__' },
      { type: 'approve', requestId: 1, actionId },
      JSON.parse('{"__proto__":{"type":"stop"},"requestId":1}') as unknown,
      'x'.repeat(1000),
    ];
    for (let n = 0; n < 4000; n += 1) shown.fire(wrong[n % wrong.length]);
    assert.equal(await shown.ask({ type: 'ready' }), null);
    assert.equal((await bench.deps.store.getAction(actionId))?.state, 'open');
    assert.equal((await bench.deps.store.getCall(turnId, 'w'))?.state, 'planned');
    const right = { type: 'submit', actionId, proposalHash, decisions: { w: approve } };
    assert.equal(await shown.ask(right), null);
    await bench.engine.idle();
    for (let n = 0; n < 10; n += 1) assert.equal(await shown.ask(right), 'already_decided');
  });

  it('protected files and paths outside the workspace need the native confirmation', async () => {
    for (const path of ['.vscode/tasks.json', '../outside.txt']) {
      const shown = view();
      deps.session.update({ threadId: null });
      confirmed.length = 0;
      const { id: actionId, proposalHash } = await waiting(shown, path);
      const submit = (decision: object): Promise<string | null> =>
        shown.ask({ type: 'submit', actionId, proposalHash, decisions: { w: decision } });
      confirms = false;
      assert.equal(await submit(approve), 'not_confirmed');
      assert.equal(await submit({ type: 'edit', content: 'x' }), 'not_confirmed');
      assert.equal((await bench.deps.store.getAction(actionId))?.state, 'open');
      assert.equal(confirmed.length, 2);
      assert.equal(await submit({ type: 'reject' }), null, 'a rejection needs none');
      await bench.engine.idle();
      assert.equal(confirmed.length, 2);
    }
  });

  it('what shall be remembered is confirmed natively, with the exact rule; else nothing is decided or learned', async () => {
    const shown = view();
    const { id: actionId, proposalHash } = await waiting(shown);
    const remember = { scope: 'workspace', minutes: 60 };
    const submit = (decision: object): Promise<string | null> =>
      shown.ask({ type: 'submit', actionId, proposalHash, decisions: { w: decision } });
    confirms = false;
    assert.equal(await submit({ type: 'approve', remember }), 'not_confirmed');
    assert.deepEqual(confirmed, [
      'Allow without asking in every thread of this workspace, for 1 hour:\nwrite_file(w.txt)',
    ]);
    assert.equal((await bench.deps.store.getAction(actionId))?.state, 'open');
    assert.deepEqual(await bench.deps.store.listGrants(), []);
    confirms = true;
    // Rules never come from a page.
    const wider = { ...remember, rules: ['write_file'] };
    assert.notEqual(await submit({ type: 'approve', remember: wider }), null);
    assert.equal(await submit({ type: 'approve', remember }), null);
    await bench.engine.idle();
    const rules = (await bench.deps.store.listGrants()).map(({ rule, by }) => [rule, by]);
    assert.deepEqual(rules, [['write_file(w.txt)', 'this window']]);
  });

  it('before trust nothing starts and nothing is decided (I13)', async () => {
    const shown = view();
    const { id: actionId, proposalHash } = await waiting(shown);
    trusted = false;
    const decisions = { w: approve };
    const submitted = await shown.ask({ type: 'submit', actionId, proposalHash, decisions });
    assert.equal(submitted, 'untrusted_workspace');
    assert.equal(await shown.ask({ type: 'send', text: 'Go' }), 'untrusted_workspace');
    assert.equal((await bench.deps.store.getAction(actionId))?.state, 'open');
  });

  it('a message while a turn waits decides nothing; a blank one starts nothing', async () => {
    const shown = view();
    const action = await waiting(shown);
    assert.equal(await shown.ask({ type: 'send', text: 'yes, approve it' }), 'turn_paused');
    assert.equal((await bench.deps.store.getAction(action.id))?.state, 'open');
    await shown.ask({ type: 'newThread' });
    assert.equal(await shown.ask({ type: 'send', text: ' \n' }), 'empty_message');
    assert.equal((await bench.deps.store.listThreads()).length, 1);
  });

  it('bypass cannot be set from a view; a message without a model says what to do', async () => {
    const shown = view();
    assert.equal(await shown.ask({ type: 'setMode', mode: 'bypass' }), 'not_allowed');
    assert.equal(await shown.ask({ type: 'setMode', mode: 'plan' }), null);
    assert.equal(deps.session.state.mode, 'plan');
    deps.session.update({ model: null });
    assert.equal(await shown.ask({ type: 'send', text: 'Go' }), 'model_not_configured');
    assert.equal(await shown.ask({ type: 'stop' }), 'nothing_to_stop');
  });

  it('opening things that do not wait is an error, opening what waits reaches the window', async () => {
    const shown = view();
    const { id: actionId } = await waiting(shown);
    assert.equal(await shown.ask({ type: 'openDiff', actionId: 'a-x', callId: 'w' }), 'not_paused');
    assert.equal(await shown.ask({ type: 'openDiff', actionId, callId: 'w' }), null);
    assert.equal(await shown.ask({ type: 'openPanel', actionId }), null);
    const why = { type: 'openWhy', rule: 'shell(make)' };
    assert.equal(await shown.ask({ ...why, layer: 'grant' }), null);
    assert.equal(await shown.ask({ ...why, layer: 'mine' }), 'bad_message');
    assert.deepEqual(opened, [`diff ${actionId} w`, `panel ${actionId}`, 'why shell(make) grant']);
    assert.equal(await shown.ask({ type: 'stop' }), null);
    assert.equal(await shown.ask({ type: 'openDiff', actionId, callId: 'w' }), 'not_paused');
  });

  it('copies and inserts what is pressed, and opens only addresses of the web, as they would be opened', async () => {
    const shown = view({ kind: 'chat' });
    const use = { type: 'useText', text: 'a\n\u200b' };
    assert.equal(await shown.ask({ ...use, use: 'copy' }), null);
    assert.equal(await shown.ask({ ...use, use: 'insert' }), null);
    assert.equal(await shown.ask({ ...use, use: 'run' }), 'bad_message');
    const open = async (address: string): Promise<string | null> =>
      shown.ask({ type: 'openLink', address });
    assert.equal(await open('https://аpple.example'), null);
    for (const address of ['command:x', 'file:///etc/passwd', 'javascript:1', 'vscode://x', 'x'])
      assert.equal(await open(address), 'not_allowed', address);
    assert.deepEqual(opened, [
      'copy a\n\u200b',
      'insert a\n\u200b',
      'link https://xn--pple-43d.example/',
    ]);
  });
});
