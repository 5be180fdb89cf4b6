// Hooks on the way of a call through the real engine: what they tighten, what they may loosen, what they rewrite, what they tell.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openTestEngine, type TestEngine } from '../../../fakes/testEngine.ts';
import { githubToken } from '../../../fakes/secrets.ts';
import type { CallRow } from '../../../../src/core/ports/store.ts';
import type { Decision, JsonObject, Mode } from '../../../../src/protocol/calls.ts';

const FILE = '.github/hooks/h.json';
const ALLOW_RULES = 'countersign.approval.allow';
const KEY = 'ab'.repeat(32);

const say = (output: JsonObject): string => `cat >/dev/null; echo '${JSON.stringify(output)}'`;
const ALLOW = say({ permissionDecision: 'allow', permissionDecisionReason: 'known' });
const DENY = say({ permissionDecision: 'deny', permissionDecisionReason: 'never' });
const ASK = say({ permissionDecision: 'ask', permissionDecisionReason: 'look' });
const rewrite = (args: JsonObject, more: JsonObject = {}): string =>
  say({ hookSpecificOutput: { hookEventName: 'PreToolUse', updatedInput: args, ...more } });

interface Case {
  hooks: string | JsonObject[];
  name?: string;
  args: JsonObject;
  user?: JsonObject;
  canPause?: boolean;
  mode?: Mode;
  unseen?: boolean;
  secrets?: { consent: string };
  more?: { id: string; name: string; args: JsonObject }[];
}

describe('hooks and calls', function () {
  this.timeout(20_000);
  let engine: TestEngine | undefined;
  afterEach(() => {
    engine?.dispose();
    engine = undefined;
  });

  async function open(setup: Case): Promise<TestEngine> {
    const entries = typeof setup.hooks === 'string' ? [{ command: setup.hooks }] : setup.hooks;
    const first = { id: 'c1', name: setup.name ?? 'run_command', args: setup.args };
    const calls = [first, ...(setup.more ?? [])];
    engine = await openTestEngine({
      files: { 'a.txt': 'one\n', [FILE]: JSON.stringify({ hooks: { PreToolUse: entries } }) },
      script: { turns: [{ toolCalls: calls }, { text: 'Done.' }] },
      secrets: setup.secrets ?? { consent: KEY },
      user: setup.user ?? {},
      ...(setup.canPause === undefined ? {} : { canPause: setup.canPause }),
    });
    for (const { subject, hash } of (await engine.hooks.review()).hooks) {
      if (setup.unseen === true) continue;
      const said = { subject, hash, accepted: true, by: 'test' };
      assert.equal(await engine.hooks.answer(said), 'kept');
    }
    return engine;
  }

  /** The turn until it ends or pauses. */
  async function run(setup: Case): Promise<{ at: TestEngine; row: CallRow; kind: string }> {
    const at = await open(setup);
    const drive = await at.send('Go', undefined, setup.mode);
    const { kind } = await drive.done;
    const [row] = await at.store.callsOfTurn(drive.turn.id);
    assert.ok(row, at.logged());
    return { at, row, kind };
  }

  async function decide(at: TestEngine, decision: Decision): Promise<CallRow> {
    const [action] = await at.store.openActions();
    assert.ok(action);
    const submitted = await at.engine.submit(
      { actionId: action.id, decisions: { c1: decision } },
      'test',
    );
    assert.ok(submitted.ok, JSON.stringify(submitted));
    await submitted.done;
    const row = await at.store.getCall(action.turnId, 'c1');
    assert.ok(row);
    return row;
  }

  const TOUCH = { command: 'touch ran' };
  const didRun = (at: TestEngine, name = 'ran'): boolean =>
    existsSync(path.join(at.workspace, name));

  const VERDICTS: [string, Case, string, string, RegExp][] = [
    [
      'nothing to say: the mode asks',
      { hooks: 'true', args: TOUCH },
      'ask',
      'mode',
      /mode default/,
    ],
    [
      'allow takes the mode’s asking away',
      { hooks: ALLOW, args: TOUCH },
      'allow',
      'hook',
      /^hook \.github\/hooks\/h\.json PreToolUse\[0\] allows it: known$/,
    ],
    [
      'allow of an edit too',
      { hooks: ALLOW, name: 'write_file', args: { path: 'b.txt', content: 'x' } },
      'allow',
      'hook',
      /allows it/,
    ],
    [
      'one that nobody looked at changes nothing',
      { hooks: ALLOW, args: TOUCH, unseen: true },
      'ask',
      'mode',
      /mode default/,
    ],
    ['deny', { hooks: DENY, args: TOUCH }, 'deny', 'hook', /denies it: never$/],
    [
      'deny beats the user’s allow',
      { hooks: DENY, args: TOUCH, user: { 'countersign.approval.allow': ['shell(touch *)'] } },
      'deny',
      'hook',
      /never/,
    ],
    [
      'ask beats the user’s allow',
      { hooks: ASK, args: TOUCH, user: { 'countersign.approval.allow': ['shell(touch ran)'] } },
      'ask',
      'hook',
      /asks: look$/,
    ],
    [
      'failure beats the user’s allow',
      {
        hooks: 'exit 3',
        args: TOUCH,
        user: { 'countersign.approval.allow': ['shell(touch ran)'] },
      },
      'ask',
      'hook',
      /code 3/,
    ],
    [
      'allow does not touch a deny rule',
      { hooks: ALLOW, args: TOUCH, user: { 'countersign.approval.deny': ['shell(touch *)'] } },
      'deny',
      'user',
      /./,
    ],
    [
      'allow does not touch an ask rule',
      { hooks: ALLOW, args: TOUCH, user: { 'countersign.approval.ask': ['shell(touch *)'] } },
      'ask',
      'user',
      /./,
    ],
    [
      'allow does not count while a rule is broken',
      { hooks: ALLOW, args: TOUCH, user: { 'countersign.approval.deny': ['shell('] } },
      'ask',
      'mode',
      /./,
    ],
    [
      'allow does not reach a protected file',
      { hooks: ALLOW, name: 'write_file', args: { path: 'package.json', content: '{}' } },
      'ask',
      'built-in',
      /protected/,
    ],
    [
      'allow does not reach a secret in a command',
      { hooks: ALLOW, args: { command: 'cat .env' } },
      'ask',
      'mode',
      /./,
    ],
    [
      'allow does not reach what runs code later',
      { hooks: ALLOW, args: { command: 'cp x .git/hooks/pre-commit' } },
      'ask',
      'mode',
      /./,
    ],
    [
      'allow does not reach dynamic text',
      { hooks: ALLOW, args: { command: 'touch $X' } },
      'ask',
      'built-in',
      /./,
    ],
    [
      'allow does not reach what cannot be parsed',
      { hooks: ALLOW, args: { command: 'touch "x' } },
      'ask',
      'built-in',
      /./,
    ],
    [
      'allow does not reach a redirection',
      { hooks: ALLOW, args: { command: 'echo x > y' } },
      'ask',
      'built-in',
      /./,
    ],
    [
      'allow does not hide the second part of a line behind the first',
      { hooks: ALLOW, args: { command: 'touch a && X=1 touch b' } },
      'ask',
      'mode',
      /./,
    ],
    [
      'allow covers a line of plain parts',
      { hooks: ALLOW, args: { command: 'touch a && touch b' } },
      'allow',
      'hook',
      /./,
    ],
    [
      'allow does not reach outside',
      { hooks: ALLOW, name: 'read_file', args: { path: '/etc/hosts' } },
      'ask',
      'built-in',
      /outside/,
    ],
    [
      'ask tightens a read',
      { hooks: ASK, name: 'read_file', args: { path: 'a.txt' } },
      'ask',
      'hook',
      /look/,
    ],
    [
      'allow does not answer a question',
      { hooks: ALLOW, name: 'ask_user', args: { question: 'Which?' } },
      'ask',
      'built-in',
      /./,
    ],
    [
      'mode dontAsk denies all the same',
      { hooks: ALLOW, args: TOUCH, mode: 'dontAsk' },
      'deny',
      'mode',
      /dontAsk/,
    ],
    [
      'mode plan denies all the same',
      { hooks: ALLOW, args: TOUCH, mode: 'plan' },
      'deny',
      'mode',
      /plan/,
    ],
    [
      'ask holds in mode acceptEdits',
      {
        hooks: ASK,
        name: 'write_file',
        args: { path: 'b.txt', content: 'x' },
        mode: 'acceptEdits',
      },
      'ask',
      'hook',
      /look/,
    ],
  ];
  for (const [name, setup, verdict, layer, reason] of VERDICTS) {
    it(name, async () => {
      const { row } = await run(setup);
      assert.deepEqual(
        [row.verdict?.verdict, row.verdict?.layer],
        [verdict, layer],
        row.verdict?.reason,
      );
      assert.match(row.verdict?.reason ?? '', reason);
    });
  }

  it('what a hook allows runs once, unasked, also after the check before it runs; each part says so', async () => {
    const { at, row, kind } = await run({ hooks: ALLOW, args: TOUCH });
    assert.equal(kind, 'ended');
    assert.deepEqual([row.state, row.outcome], ['done', 'ok']);
    assert.ok(didRun(at));
    assert.ok(row.proposal?.kind === 'command');
    assert.deepEqual(
      row.proposal.parts.map((part) => part.verdict),
      ['allow'],
    );
  });

  it('what a hook denies never runs, and the model is told why', async () => {
    const { at, row, kind } = await run({ hooks: DENY, args: TOUCH });
    assert.equal(kind, 'ended');
    assert.deepEqual([row.state, row.outcome], ['blocked', 'denied']);
    assert.match(row.result ?? '', /^Blocked: hook .*denies it: never/);
    assert.equal(didRun(at), false);
  });

  it('where nobody can be asked, what a hook asks is denied', async () => {
    const { at, row } = await run({
      hooks: ASK,
      args: TOUCH,
      canPause: false,
      user: { 'countersign.approval.allow': ['shell(touch ran)'] },
    });
    assert.deepEqual([row.state, row.verdict?.verdict], ['blocked', 'deny']);
    assert.match(row.result ?? '', /cannot pause.*look/);
    assert.equal(didRun(at), false);
  });

  it('with approvals switched off no hook is asked', async () => {
    const { at, row } = await run({
      hooks: `touch asked; exit 2`,
      args: TOUCH,
      user: { 'countersign.approval.enabled': false },
    });
    assert.equal(row.state, 'done');
    assert.equal(didRun(at, 'asked'), false);
  });

  it('what an unacknowledged hook would deny waits for the human as ever', async () => {
    const { at, kind } = await run({ hooks: 'touch asked; exit 2', args: TOUCH, unseen: true });
    assert.equal(kind, 'paused');
    assert.equal(didRun(at, 'asked'), false);
  });

  it('rewritten arguments are what is decided, shown, journaled and run; card and model say so', async () => {
    const { at, row, kind } = await run({
      hooks: rewrite({ command: 'touch other' }, { additionalContext: 'Mind the gap.' }),
      args: TOUCH,
    });
    assert.equal(kind, 'paused');
    assert.equal(row.argsText, '{"command":"touch other"}');
    const [action] = await at.store.openActions();
    const [request] = action!.requests;
    assert.deepEqual(request?.args, { command: 'touch other' });
    assert.ok(request.proposal.kind === 'command' && request.proposal.command === 'touch other');
    assert.match(
      request.note ?? '',
      /^Arguments rewritten by hook \.github\/hooks\/h\.json PreToolUse\[0\]/,
    );
    const done = await decide(at, { type: 'approve' });
    assert.equal(done.outcome, 'ok');
    assert.deepEqual([didRun(at), didRun(at, 'other')], [false, true]);
    assert.match(
      done.result ?? '',
      /Hook .* rewrote your arguments[\s\S]*-\s*"command": "touch ran"[\s\S]*\+\s*"command": "touch other"/,
    );
    assert.match(done.result ?? '', /From hook .*, not from the user:\nMind the gap\./);
  });

  it('policy decides on the rewritten arguments: a deny rule on them holds, one on the old ones does not', async () => {
    const user = {
      'countersign.approval.deny': ['shell(rm *)'],
      'countersign.approval.allow': ['shell(touch other)'],
    };
    const denied = await run({
      hooks: rewrite({ command: 'rm a.txt' }),
      args: { command: 'touch other' },
      user,
    });
    assert.deepEqual([denied.row.verdict?.verdict, denied.row.verdict?.layer], ['deny', 'user']);
    denied.at.dispose();
    engine = undefined;
    const allowed = await run({
      hooks: rewrite({ command: 'touch other' }),
      args: { command: 'rm a.txt' },
      user,
    });
    assert.deepEqual([allowed.row.verdict?.verdict, allowed.row.state], ['allow', 'done']);
    assert.ok(didRun(allowed.at, 'a.txt') && didRun(allowed.at, 'other'));
  });

  it('an allow of rewritten arguments by the hook that wrote them counts, and it is they that run', async () => {
    const { at, row } = await run({
      hooks: rewrite({ command: 'touch other' }, { permissionDecision: 'allow' }),
      args: TOUCH,
    });
    assert.deepEqual([row.verdict?.layer, row.state], ['hook', 'done']);
    assert.deepEqual([didRun(at), didRun(at, 'other')], [false, true]);
  });

  it('arguments that the tool does not take ask, with those of the model', async () => {
    const { row, kind } = await run({
      hooks: rewrite({ cmd: 'touch other' }, { permissionDecision: 'allow' }),
      args: TOUCH,
    });
    assert.equal(kind, 'paused');
    assert.equal(row.argsText, '{"command":"touch ran"}');
    assert.match(row.verdict?.reason ?? '', /cannot be used.*unknown field cmd/);
  });

  it('what a human writes instead, a hook may forbid, and nothing else', async () => {
    const guard = `i=$(cat); case "$i" in *forbidden*) exit 2;; *other*) echo '{"hookSpecificOutput":{"updatedInput":{"command":"touch third"}}}';; esac`;
    const first = await run({ hooks: guard, args: TOUCH });
    const blocked = await decide(first.at, { type: 'edit', args: { command: 'touch forbidden' } });
    assert.equal(blocked.outcome, 'denied');
    assert.match(blocked.result ?? '', /^Blocked: hook /);
    assert.equal(didRun(first.at, 'forbidden'), false);
    first.at.dispose();
    engine = undefined;
    const second = await run({ hooks: guard, args: TOUCH });
    const edited = await decide(second.at, { type: 'edit', args: { command: 'touch other' } });
    assert.equal(edited.outcome, 'ok');
    assert.deepEqual([didRun(second.at, 'other'), didRun(second.at, 'third')], [true, false]);
  });

  it('the text that a human puts into a file is heard of as a file that is written', async () => {
    const guard = `grep -q forbidden && exit 2; exit 0`;
    const { at } = await run({
      hooks: [{ matcher: 'Write', command: guard }],
      name: 'edit_file',
      args: { path: 'a.txt', old_string: 'one', new_string: 'two' },
    });
    const row = await decide(at, { type: 'edit', content: 'forbidden\n' });
    assert.equal(row.outcome, 'denied');
    assert.equal(readFileSync(path.join(at.workspace, 'a.txt'), 'utf8'), 'one\n');
  });

  it('a card that is shown anew because its file changed still says what was rewritten', async () => {
    const args = { path: 'a.txt', content: 'two\n' };
    const written = { filePath: 'a.txt', content: 'three\n' };
    const { at } = await run({ hooks: rewrite(written), name: 'write_file', args });
    writeFileSync(path.join(at.workspace, 'a.txt'), 'changed\n');
    const [first] = await at.store.openActions();
    const decisions = { c1: { type: 'approve' } } as const;
    const refused = await at.engine.submit({ actionId: first!.id, decisions }, 'test');
    assert.ok(!refused.ok && refused.refusal.code === 'stale');
    const [second] = await at.store.openActions();
    assert.match(second?.requests[0]?.note ?? '', /^Arguments rewritten by hook .+\. .+changed/);
  });

  it('a rejection stands, and the model still learns what was rewritten', async () => {
    const { at } = await run({ hooks: rewrite({ command: 'touch other' }), args: TOUCH });
    const row = await decide(at, { type: 'reject', reason: 'no' });
    assert.equal(row.outcome, 'rejected');
    assert.match(row.result ?? '', /^Rejected by the user: no\n\nHook /);
    assert.equal(didRun(at, 'other'), false);
  });

  it('what a hook wrote into the arguments is told without its secrets', async () => {
    const hooks = rewrite({ command: `echo ${githubToken} >/dev/null; touch other` });
    const { at } = await run({ hooks, args: TOUCH });
    const row = await decide(at, { type: 'approve' });
    assert.equal(didRun(at, 'other'), true);
    assert.match(row.result ?? '', /rewrote your arguments/);
    assert.equal((row.result ?? '').includes(githubToken), false);
  });

  it('a hook that changed after it was accepted makes the call ask, and names the way out', async () => {
    const at = await open({ hooks: ALLOW, args: TOUCH });
    writeFileSync(
      path.join(at.workspace, FILE),
      JSON.stringify({ hooks: { PreToolUse: [{ command: 'touch asked' }] } }),
    );
    const action = await at.runToPause('Go');
    assert.match(
      action.requests[0]?.why.reason ?? '',
      /changed since you accepted it.*Review Hooks/,
    );
    assert.equal(didRun(at, 'asked'), false);
  });

  it('an acknowledgement under another key is none', async () => {
    const secrets = { consent: KEY };
    const at = await open({ hooks: ALLOW, args: TOUCH, secrets });
    secrets.consent = 'cd'.repeat(32);
    const other = await at.reopen();
    const { hooks } = await other.hooks.review();
    other.dispose();
    assert.deepEqual(
      hooks.map(({ state }) => state),
      ['new'],
    );
  });

  it('while the key cannot be read, what accepted hooks would say is asked', async () => {
    let readable = true;
    const secrets = {
      get consent(): string {
        if (!readable) throw new Error('the keyring is locked');
        return KEY;
      },
    };
    const at = await open({
      hooks: DENY,
      args: TOUCH,
      secrets,
      user: { [ALLOW_RULES]: ['shell(touch ran)'] },
    });
    readable = false;
    const other = await at.reopen();
    const drive = await other.engine.startTurn({
      ...{ threadId: (await other.engine.createThread()).id, text: 'Go', mode: 'default' },
      model: { provider: 'scripted', id: path.join(path.dirname(at.stateFile), 'script.json') },
    });
    const end = await drive.done;
    assert.equal(end.kind, 'paused');
    assert.equal(didRun(at), false);
    other.dispose();
  });

  it('a hook’s allow does not outlive a rule that asks by the time the call runs', async () => {
    const user: JsonObject = {};
    const second = { id: 'c2', name: 'run_command', args: { command: 'touch second' } };
    const hooks = `grep -q second && echo '{"decision":"approve"}'; exit 0`;
    const at = await open({ hooks, args: TOUCH, user, more: [second] });
    const { turnId } = await at.runToPause('Go');
    assert.equal((await at.store.getCall(turnId, 'c2'))?.verdict?.layer, 'hook');
    user['countersign.approval.ask'] = ['shell(touch second)'];
    at.settingsChanged();
    await decide(at, { type: 'approve' });
    const row = await at.store.getCall(turnId, 'c2');
    assert.deepEqual([row?.state, row?.outcome], ['blocked', 'denied']);
    assert.equal(didRun(at, 'second'), false);
  });
});
