// Rules and modes from --settings: what runs, what waits, what is denied, and that nothing broken widens anything.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { approve, cli, said, show, toolResults, useFlow, withEnd } from './support.ts';
import type { Entry, JsonRun } from './support.ts';
import type { JsonObject } from '../../src/protocol/calls.ts';

const write = { id: 'w', name: 'write_file', args: { path: 'src/w.txt', content: 'w\n' } };
const command = { id: 'c', name: 'run_command', args: { command: 'touch ran.txt' } };
const read = { id: 'r', name: 'read_file', args: { path: 'a.txt' } };
const secret = { id: 's', name: 'read_file', args: { path: '.env' } };
const protect = {
  id: 'p',
  name: 'write_file',
  args: { path: '.vscode/settings.json', content: '{}' },
};
const git = { id: 'g', name: 'write_file', args: { path: '.git/config', content: 'x' } };

type Outcome = 'runs' | 'waits' | 'denied';

const TABLE: { title: string; settings: JsonObject; expected: Partial<Record<string, Outcome>> }[] =
  [
    {
      title: 'no settings',
      settings: {},
      expected: { w: 'waits', c: 'waits', r: 'runs', s: 'waits', p: 'waits', g: 'denied' },
    },
    {
      title: 'allow',
      settings: { 'countersign.approval.allow': ['edit(src/**)', 'shell(touch ran.txt)'] },
      expected: { w: 'runs', c: 'runs', r: 'runs', s: 'waits', p: 'waits', g: 'denied' },
    },
    {
      title: 'ask beats allow',
      settings: {
        'countersign.approval.allow': ['edit', 'shell(touch ran.txt)', 'read'],
        'countersign.approval.ask': ['edit(src/**)', 'shell(touch *)', 'read(a.txt)'],
      },
      expected: { w: 'waits', c: 'waits', r: 'waits' },
    },
    {
      title: 'deny beats ask and allow',
      settings: {
        'countersign.approval.allow': ['edit', 'shell(touch ran.txt)'],
        'countersign.approval.ask': ['edit', 'shell(touch *)'],
        'countersign.approval.deny': ['edit(src/**)', 'shell(touch *)', 'read(a.txt)'],
      },
      expected: { w: 'denied', c: 'denied', r: 'denied' },
    },
    {
      title: 'mode plan',
      settings: { 'countersign.approval.mode': 'plan' },
      expected: { w: 'denied', c: 'denied', r: 'runs' },
    },
    {
      title: 'mode acceptEdits',
      settings: { 'countersign.approval.mode': 'acceptEdits' },
      expected: { w: 'runs', c: 'waits', r: 'runs', p: 'waits', g: 'denied' },
    },
    {
      title: 'mode dontAsk',
      settings: { 'countersign.approval.mode': 'dontAsk' },
      expected: { w: 'denied', c: 'denied', r: 'runs' },
    },
    {
      title: 'mode dontAsk with allow and ask',
      settings: {
        'countersign.approval.mode': 'dontAsk',
        'countersign.approval.allow': ['edit(src/**)'],
        'countersign.approval.ask': ['shell(touch *)'],
      },
      expected: { w: 'runs', c: 'waits' },
    },
    {
      title: 'mode bypass, which ends with the run (H2)',
      settings: { 'countersign.approval.mode': 'bypass' },
      expected: { w: 'runs', c: 'runs', r: 'runs', s: 'waits', p: 'waits', g: 'denied' },
    },
    {
      title: 'mode bypass with an end that has passed (H2)',
      settings: {
        'countersign.approval.mode': 'bypass',
        'countersign.approval.bypassUntil': '2020-01-01T00:00:00Z',
      },
      expected: { w: 'waits', c: 'waits', r: 'runs' },
    },
    {
      title: 'mode bypass with ask and deny rules (H2)',
      settings: {
        'countersign.approval.mode': 'bypass',
        'countersign.approval.ask': ['edit(src/**)'],
        'countersign.approval.deny': ['shell(touch *)'],
      },
      expected: { w: 'waits', c: 'denied' },
    },
    {
      title: 'approvals switched off: only denials hold (H2)',
      settings: {
        'countersign.approval.enabled': false,
        'countersign.approval.ask': ['edit(src/**)'],
      },
      expected: { w: 'runs', c: 'runs', r: 'runs', s: 'runs', p: 'runs', g: 'denied' },
    },
    {
      title: 'approvals switched off with a deny rule (H2)',
      settings: {
        'countersign.approval.enabled': false,
        'countersign.approval.deny': ['shell(touch *)'],
      },
      expected: { w: 'runs', c: 'denied' },
    },
  ];

const BROKEN: { title: string; settings: JsonObject; says: RegExp }[] = [
  {
    title: 'a deny rule that does not parse',
    settings: { 'countersign.approval.deny': ['shell(rm'] },
    says: /countersign\.approval\.deny\[0\].*nothing is allowed automatically/i,
  },
  {
    title: 'an ask rule of an unknown tool',
    settings: { 'countersign.approval.ask': ['shel(rm *)'] },
    says: /countersign\.approval\.ask\[0\]/,
  },
  {
    title: 'a deny list that is text',
    settings: { 'countersign.approval.deny': 'shell(rm *)' },
    says: /countersign\.approval\.deny.*array/,
  },
  {
    title: 'a deny rule that is a number',
    settings: { 'countersign.approval.deny': [7] },
    says: /countersign\.approval\.deny\[0\]/,
  },
];

describe('settings on the command line', function () {
  this.timeout(90_000);
  const flow = useFlow({ 'a.txt': 'content of a\n', '.env': 'TOKEN=1\n' });

  /** One call in a turn of its own, so that a call that waits holds back no other. */
  async function outcome(
    call: NonNullable<Entry['toolCalls']>[number],
    settings: JsonObject,
  ): Promise<[Outcome, JsonRun]> {
    const run = await flow().run([{ toolCalls: [call] }, { text: 'Done' }], { settings });
    if (run.status === 3) return ['waits', run];
    assert.equal(run.status, 0, show(run));
    const [result] = toolResults(run.lines);
    if (result?.status === 'ok') return ['runs', run];
    assert.match(result?.text ?? '', /^Blocked/);
    return ['denied', run];
  }

  for (const { title, settings, expected } of TABLE) {
    it(title, async () => {
      for (const call of [write, command, read, secret, protect, git]) {
        const wanted = expected[call.id];
        if (wanted === undefined) continue;
        const [got, run] = await outcome(call, settings);
        assert.equal(got, wanted, `${call.id}: ${show(run)}`);
      }
      const tree = await flow().tree();
      assert.equal('src/w.txt' in tree, expected['w'] === 'runs');
      assert.equal('ran.txt' in tree, expected['c'] === 'runs');
      assert.equal('.git/config' in tree, false);
      assert.equal('.vscode/settings.json' in tree, expected['p'] === 'runs');
    });
  }

  it('switched off while a turn waits: it waits until it is decided, and so does a question (H2, HB14)', async () => {
    const off = { settings: { 'countersign.approval.enabled': false } };
    const question = { id: 'q', name: 'ask_user', args: { question: 'Which?' } };
    const script = [{ toolCalls: [command] }, { toolCalls: [write, question] }, { text: 'Done' }];
    const paused = await flow().run(script);
    const { turnId = '', actionId } = paused.end;
    const where = ['--state', flow().stateFile, '--workspace', flow().workspace];
    const settings = ['--settings', await flow().file(off.settings)];
    const still = withEnd(await cli(['continue', ...where, turnId, ...settings, '--json']));
    assert.deepEqual([still.status, still.end.actionId], [3, actionId]);
    assert.equal(existsSync(flow().at('ran.txt')), false);
    const asked = await flow().decide(actionId, { decisions: { c: approve } }, off);
    assert.deepEqual([asked.status, asked.end.kind], [3, 'ask_user']);
    assert.ok(existsSync(flow().at('ran.txt')));
    const end = await flow().decide(asked.end.actionId, { answer: 'this' }, off);
    assert.equal(end.status, 0, show(end));
    const wrote = end.lines.findLast(({ type, callId }) => type === 'call' && callId === 'w');
    assert.match(wrote?.why?.reason ?? '', /^approvals are switched off: /);
    const record = await cli(['ledger', 'export', '--state', flow().stateFile]);
    assert.match(record.stdout, /"approvals are switched off: /);
    const warnings = end.lines.filter(({ type }) => type === 'warning').map(said);
    assert.ok(warnings.some((text) => text.startsWith('Approvals are switched off')));
  });

  it('a denied call names its rule, and the turn goes on', async () => {
    const settings = { 'countersign.approval.deny': ['shell(touch *)'] };
    const script = [
      { toolCalls: [command] },
      { text: 'I see', expect: ['Blocked by the rule `shell(touch *)`', 'user settings'] },
    ];
    const run = await flow().run(script, { settings });
    assert.equal(run.status, 0, show(run));
    const denied = run.lines.find(({ type, callId }) => type === 'call' && callId === 'c');
    assert.deepEqual(
      [denied?.state, denied?.outcome, denied?.why?.rule],
      ['blocked', 'denied', 'shell(touch *)'],
    );
  });

  it('a denied call beside one that waits: the other is decided alone', async () => {
    const settings = { 'countersign.approval.deny': ['shell(touch *)'] };
    const script = [{ toolCalls: [command, write] }, { text: 'Done' }];
    const run = await flow().run(script, { settings });
    assert.deepEqual(
      run.end.requests?.map(({ callId }) => callId),
      ['w'],
    );
    const end = await flow().decide(run.end.actionId, { decisions: { w: approve } }, { settings });
    assert.deepEqual(
      toolResults(end.lines).map(({ callId, status }) => [callId, status]),
      [
        ['c', 'error'],
        ['w', 'ok'],
      ],
    );
    assert.equal(existsSync(flow().at('ran.txt')), false);
  });

  for (const { title, settings, says } of BROKEN) {
    it(`${title}: it is named, and nothing is allowed automatically`, async () => {
      const all = {
        'countersign.approval.allow': ['edit', 'shell(touch ran.txt)'],
        'countersign.approval.mode': 'acceptEdits',
        ...settings,
      };
      const run = await flow().run([{ toolCalls: [write, command] }, { text: 'Done' }], {
        settings: all,
      });
      assert.equal(run.status, 3, show(run));
      assert.deepEqual(
        run.end.requests?.map(({ callId }) => callId),
        ['w', 'c'],
      );
      const warnings = run.lines.filter(({ type }) => type === 'warning').map(said);
      assert.ok(
        warnings.some((text) => says.test(text)),
        warnings.join('\n'),
      );
      assert.deepEqual(Object.keys(await flow().tree()), ['.env', 'a.txt']);
    });
  }

  it('wrong types and unknown keys are named, and the defaults hold', async () => {
    const run = await flow().run([{ toolCalls: [write] }, { text: 'Done' }], {
      settings: {
        'countersign.approval.mode': 'yolo',
        'countersign.model.baseUrl': 7,
        'countersign.approval.denny': ['shell(rm *)'],
        'editor.fontSize': 12,
      },
    });
    assert.equal(run.status, 3, show(run));
    const warnings = run.lines.filter(({ type }) => type === 'warning').map(said);
    const about = (key: string): boolean => warnings.some((text) => text.includes(key));
    assert.ok(about('countersign.approval.mode'), warnings.join('\n'));
    assert.ok(about('countersign.model.baseUrl'));
    assert.ok(about('countersign.approval.denny'));
    assert.ok(!about('editor.fontSize'), 'settings of others are their business');
    for (const text of warnings) assert.doesNotMatch(text, /\n/, 'one line each');
  });

  for (const [title, content, says] of [
    ['not JSON', '{ "countersign.approval.deny": [', /not valid JSON/],
    ['an array', '[]', /one JSON object/],
    ['empty', '', /not valid JSON/],
    [
      'a list that stands twice',
      '{"countersign.approval.deny":["edit"],"countersign.approval.deny":[]}',
      /countersign\.approval\.deny stands there twice/,
    ],
  ] as const) {
    it(`a settings file that is ${title}: nothing starts`, async () => {
      const file = await flow().file(content);
      const args = await flow().runArgs([{ text: 'never' }]);
      const run = withEnd(await cli([...args, '--settings', file, '--json']));
      assert.deepEqual([run.status, run.end.type], [1, 'turn.failed'], show(run));
      assert.match(said(run.end), says);
      assert.ok(said(run.end).includes(file), 'it names the file');
    });
  }

  it('a settings file that is missing, or a folder: nothing starts', async () => {
    for (const file of [flow().beside('none.json'), flow().workspace]) {
      const args = await flow().runArgs([{ text: 'never' }]);
      const run = withEnd(await cli([...args, '--settings', file, '--json']));
      assert.deepEqual([run.status, run.end.code], [1, 'unreadable_file'], show(run));
      assert.ok(said(run.end).includes(file));
    }
  });
});
