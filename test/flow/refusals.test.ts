// Every refusal of a decision: exit status 4, its own code, nothing consumed. Afterwards the same action is decided properly.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { approve, cli, editArgs, editContent, reject, respond, show, useFlow } from './support.ts';
import { said, withEnd, type Entry, type JsonRun } from './support.ts';

const two: Entry[] = [
  {
    toolCalls: [
      { id: 'file', name: 'write_file', args: { path: 'out.txt', content: 'proposed\n' } },
      { id: 'cmd', name: 'run_command', args: { command: 'echo ran >> runs.txt' } },
    ],
  },
  { text: 'Done' },
];
const question: Entry[] = [
  { toolCalls: [{ id: 'ask', name: 'ask_user', args: { question: 'Which?' } }] },
  { text: 'Done', expect: ['blue'] },
];
const removal: Entry[] = [
  { toolCalls: [{ id: 'del', name: 'delete_file', args: { path: 'old.txt' } }] },
  { text: 'Done' },
];
const both = { file: approve, cmd: approve };

interface Refused {
  title: string;
  script?: Entry[];
  decisions: object | string;
  code: string;
  callIds?: string[];
  says: RegExp;
}

const REFUSED: Refused[] = [
  {
    title: 'another proposal than the one that waits',
    decisions: { proposalHash: 'f'.repeat(64), decisions: both },
    code: 'proposal_mismatch',
    says: /decide anew/,
  },
  {
    title: 'a file made for another action',
    decisions: { actionId: 'a-other', decisions: both },
    code: 'wrong_action',
    says: /a-other/,
  },
  {
    title: 'a call that is not part of the action',
    decisions: { decisions: { ...both, cmd2: approve } },
    code: 'unknown_call',
    callIds: ['cmd2'],
    says: /cmd2/,
  },
  {
    title: 'a call without a decision',
    decisions: { decisions: { file: approve } },
    code: 'undecided',
    callIds: ['cmd'],
    says: /cmd/,
  },
  { title: 'no decisions at all', decisions: {}, code: 'undecided', says: /file, cmd/ },
  {
    title: 'approval of a question',
    script: question,
    decisions: { decisions: { ask: approve } },
    code: 'not_allowed',
    callIds: ['ask'],
    says: /ask/,
  },
  {
    title: 'an edit of a question',
    script: question,
    decisions: { decisions: { ask: editArgs({ question: 'Other?' }) } },
    code: 'not_allowed',
    callIds: ['ask'],
    says: /ask/,
  },
  {
    title: 'an edit without arguments or text',
    decisions: { decisions: { ...both, file: { type: 'edit' } } },
    code: 'incomplete',
    callIds: ['file'],
    says: /file/,
  },
  {
    title: 'an edit with arguments and text at once',
    decisions: {
      decisions: {
        ...both,
        file: { type: 'edit', args: { path: 'b.txt', content: 'b' }, content: 'a' },
      },
    },
    code: 'invalid_arguments',
    callIds: ['file'],
    says: /the arguments, the text or the hunks/,
  },
  {
    title: 'an empty response',
    decisions: { decisions: { ...both, cmd: respond(' \n') } },
    code: 'incomplete',
    callIds: ['cmd'],
    says: /cmd/,
  },
  {
    title: 'an empty answer',
    script: question,
    decisions: { answer: '' },
    code: 'incomplete',
    says: /ask/,
  },
  {
    title: 'one answer for two calls',
    decisions: { answer: 'yes' },
    code: 'incomplete',
    says: /exactly one question/,
  },
  {
    title: 'an answer beside decisions',
    script: question,
    decisions: { answer: 'blue', decisions: { ask: reject() } },
    code: 'incomplete',
    says: /answer/,
  },
  {
    title: 'arguments that do not fit the tool',
    decisions: { decisions: { ...both, cmd: editArgs({ command: 7 }) } },
    code: 'invalid_arguments',
    callIds: ['cmd'],
    says: /run_command/,
  },
  {
    title: 'arguments with an unknown field',
    decisions: { decisions: { ...both, cmd: editArgs({ command: 'ls', sudo: true }) } },
    code: 'invalid_arguments',
    callIds: ['cmd'],
    says: /sudo/,
  },
  {
    title: 'new text for a command',
    decisions: { decisions: { ...both, cmd: editContent('echo other') } },
    code: 'invalid_arguments',
    callIds: ['cmd'],
    says: /file edit/,
  },
  {
    title: 'new text for a deletion',
    script: removal,
    decisions: { decisions: { del: editContent('keep this instead\n') } },
    code: 'invalid_arguments',
    callIds: ['del'],
    says: /delete/,
  },
];

const MALFORMED: { title: string; decisions: string; says: RegExp }[] = [
  { title: 'text that is not JSON', decisions: '{"decisions": {', says: /not valid JSON/ },
  { title: 'an empty file', decisions: '', says: /not valid JSON/ },
  { title: 'an array', decisions: '[{"type":"approve"}]', says: /one JSON object/ },
  { title: 'null', decisions: 'null', says: /one JSON object/ },
  {
    title: 'decisions in an array',
    decisions: '{"decisions":[{"type":"approve"},{"type":"approve"}]}',
    says: /decisions/,
  },
  {
    title: 'an unknown field',
    decisions: '{"decisions":{"file":{"type":"approve"},"cmd":{"type":"approve"}},"force":true}',
    says: /force/,
  },
  {
    title: 'an unknown field in a decision',
    decisions: '{"decisions":{"file":{"type":"approve","always":true},"cmd":{"type":"approve"}}}',
    says: /decisions\.file.*always/,
  },
  {
    title: 'an unknown type of decision',
    decisions: '{"decisions":{"file":{"type":"allow"},"cmd":{"type":"approve"}}}',
    says: /decisions\.file\.type/,
  },
  {
    title: 'a word in place of a decision',
    decisions: '{"decisions":{"file":"approve","cmd":"approve"}}',
    says: /decisions\.file/,
  },
  {
    title: 'arguments that are no object',
    decisions: '{"decisions":{"file":{"type":"edit","args":"x"},"cmd":{"type":"approve"}}}',
    says: /decisions\.file\.args/,
  },
  {
    title: 'the same call twice',
    decisions:
      '{"decisions":{"cmd":{"type":"reject"},"file":{"type":"approve"},"cmd":{"type":"approve"}}}',
    says: /decisions.*cmd.*twice/,
  },
  {
    title: 'the same call twice, once in escapes',
    decisions:
      '{"decisions":{"cmd":{"type":"reject"},"file":{"type":"approve"},"c\\u006dd":{"type":"approve"}}}',
    says: /cmd.*twice/,
  },
  {
    title: 'the same field of a decision twice',
    decisions: '{"decisions":{"cmd":{"type":"reject","type":"approve"},"file":{"type":"approve"}}}',
    says: /decisions\.cmd.*type.*twice/,
  },
  {
    title: 'decisions twice',
    decisions: '{"decisions":{},"decisions":{"cmd":{"type":"approve"},"file":{"type":"approve"}}}',
    says: /decisions.*twice/,
  },
  {
    title: 'a call named __proto__',
    decisions:
      '{"decisions":{"__proto__":{"type":"approve"},"cmd":{"type":"approve"},"file":{"type":"approve"}}}',
    says: /__proto__/,
  },
  {
    title: 'a field named __proto__',
    decisions: '{"__proto__":{"decisions":{"cmd":{"type":"approve"},"file":{"type":"approve"}}}}',
    says: /__proto__/,
  },
];

describe('a refused decision on the command line', function () {
  this.timeout(90_000);
  const flow = useFlow({ 'old.txt': 'old\n' });

  /** Exit 4, the code, the calls; nothing has happened. */
  async function refused(started: JsonRun, given: Omit<Refused, 'script'>): Promise<void> {
    const before = await flow().tree();
    const run = await flow().decide(started.end.actionId, given.decisions);
    const context = `${given.title}: ${show(run)}`;
    assert.equal(run.status, 4, context);
    assert.equal(run.end.type, 'refused', context);
    assert.equal(run.end.code, given.code, context);
    assert.match(said(run.end), given.says, context);
    if (given.callIds) assert.deepEqual(run.end.callIds, given.callIds, context);
    assert.deepEqual(await flow().tree(), before, context);
  }

  /** All of them on one action: none consumes it, and it is decided properly at the end. */
  async function allRefused(
    script: Entry[],
    cases: readonly Omit<Refused, 'script'>[],
    proper: object,
  ): Promise<void> {
    const started = await flow().run(script);
    assert.equal(started.status, 3, show(started));
    assert.ok(cases.length > 0);
    for (const given of cases) await refused(started, given);
    const [pending, ...others] = await flow().read('pending');
    assert.equal(pending?.actionId, started.end.actionId);
    assert.deepEqual(pending?.requests, started.end.requests, 'the same card, to the letter');
    assert.deepEqual(others, []);
    const end = await flow().decide(started.end.actionId, proper);
    assert.equal(end.status, 0, show(end));
  }

  it('each kind of refusal about calls, one after another, consumes nothing (H32, H34, H36)', async () => {
    const cases = REFUSED.filter(({ script }) => script === undefined);
    await allRefused(two, cases, { decisions: both });
    assert.equal((await flow().tree())['runs.txt'], 'ran\n');
  });

  it('each kind about a question (H35, H37)', async () => {
    const cases = REFUSED.filter(({ script }) => script === question);
    await allRefused(question, cases, { answer: 'blue' });
  });

  it('each kind about a deletion', async () => {
    const cases = REFUSED.filter(({ script }) => script === removal);
    await allRefused(removal, cases, { decisions: { del: approve } });
    assert.equal(existsSync(flow().at('old.txt')), false);
  });

  it('every malformed decisions file, one after another, consumes nothing (H36, H37, HB16)', async () => {
    const code = 'malformed_decisions';
    const binary = { title: 'binary', decisions: '\u0000\u0001', says: /not valid JSON/ };
    const cases = [...MALFORMED, binary].map((given) => ({ ...given, code }));
    await allRefused(two, cases, { decisions: both });
    assert.equal((await flow().tree())['runs.txt'], 'ran\n');
  });

  it('a decisions file that is not there', async () => {
    const started = await flow().run(two);
    const file = flow().beside('not-there.json');
    const missing = withEnd(
      await cli([...(await flow().decideArgs(started.end.actionId ?? '', file)), '--json']),
    );
    assert.deepEqual([missing.status, missing.end.code], [4, 'malformed_decisions']);
    assert.ok(said(missing.end).includes(file));
  });

  it('decisions come from standard input as well, a mistake in them too', async () => {
    const started = await flow().run(two);
    const args = [...(await flow().decideArgs(started.end.actionId ?? '', '-')), '--json'];
    const broken = withEnd(await cli(args, { input: '{"decisions":' }));
    assert.deepEqual([broken.status, broken.end.code], [4, 'malformed_decisions']);
    const end = withEnd(await cli(args, { input: JSON.stringify({ decisions: both }) }));
    assert.equal(end.status, 0, show(end));
  });

  it('an action that does not exist (H28)', async () => {
    await flow().run(two);
    const run = await flow().decide('a-nowhere', { decisions: both });
    assert.deepEqual([run.status, run.end.code], [4, 'unknown_action']);
    assert.match(said(run.end), /a-nowhere/);
  });

  it('an action that was decided before: says by whom, and nothing runs again', async () => {
    const started = await flow().run(two);
    await flow().decide(started.end.actionId, { decisions: both });
    const again = await flow().decide(started.end.actionId, { decisions: both });
    assert.deepEqual([again.status, again.end.code], [4, 'already_decided']);
    assert.match(
      said(again.end),
      /already decided on the command line \(pid \d+\): approved 2 calls/,
    );
    const otherwise = await flow().decide(started.end.actionId, { nonsense: 1, decisions: {} });
    assert.equal(otherwise.status, 4);
    assert.equal((await flow().tree())['runs.txt'], 'ran\n');
  });

  it('another workspace than the one the calls were proposed in: nothing is consumed (H28)', async () => {
    const started = await flow().run(two);
    const other = flow().beside('elsewhere');
    await mkdir(other);
    const args = await flow().decideArgs(
      started.end.actionId ?? '',
      await flow().file({ decisions: both }),
    );
    const run = withEnd(
      await cli([...args.map((arg) => (arg === flow().workspace ? other : arg)), '--json']),
    );
    assert.deepEqual([run.status, run.end.code], [4, 'snapshot_drift'], show(run));
    assert.match(said(run.end), /workspace/);
    assert.equal(existsSync(flow().at('out.txt')), false);
    const end = await flow().decide(started.end.actionId, { decisions: both });
    assert.equal(end.status, 0, show(end));
    assert.equal(existsSync(flow().at('out.txt')), true);
  });

  it('a workspace reached by a link is the same workspace', async () => {
    const started = await flow().run(two);
    const link = flow().beside('link');
    await symlink(flow().workspace, link);
    const args = await flow().decideArgs(
      started.end.actionId ?? '',
      await flow().file({ decisions: both }),
    );
    const run = withEnd(
      await cli([...args.map((arg) => (arg === flow().workspace ? link : arg)), '--json']),
    );
    assert.equal(run.status, 0, show(run));
  });

  it('an action whose turn was stopped by a rejection', async () => {
    const started = await flow().run(two);
    const end = await flow().decide(started.end.actionId, {
      decisions: { file: reject(), cmd: { type: 'reject', stop: true } },
    });
    assert.equal(end.status, 0, show(end));
    assert.deepEqual([end.end.status, end.end.code], ['cancelled', 'rejected_and_stopped']);
    const late = await flow().decide(started.end.actionId, { decisions: both });
    assert.deepEqual([late.status, late.end.code], [4, 'already_decided']);
  });
});
