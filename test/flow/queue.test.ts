// The queue on the command line: each process drives its own turn, waits for its place, and leaves it there on Ctrl+C.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { ChildProcess } from 'node:child_process';
import {
  approve,
  cli,
  parseLines,
  show,
  startCli,
  toolResults,
  useFlow,
  withEnd,
  type CliLine,
  type Entry,
  type JsonRun,
} from './support.ts';

const SETTINGS = {
  'countersign.agent.maxRunningTurns': 1,
  'countersign.approval.allow': ['shell(sh hold.sh)'],
};
const HOLD: Entry[] = [
  { toolCalls: [{ id: 'h', name: 'run_command', args: { command: 'sh hold.sh' } }] },
  { text: 'Let go' },
];
const WRITE: Entry[] = [
  { toolCalls: [{ id: 'w', name: 'write_file', args: { path: 'w.txt', content: 'w\n' } }] },
  { text: 'Written' },
];

interface Started {
  child: ChildProcess;
  /** The first line of this type. */
  line(type: string): Promise<CliLine>;
  ended: Promise<JsonRun>;
}

const children = new Set<ChildProcess>();

function start(args: readonly string[]): Started {
  const child = startCli([...args, '--json']);
  children.add(child);
  let stdout = '';
  let stderr = '';
  const looking = new Set<() => void>();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    looking.forEach((look) => look());
  });
  const ended = new Promise<JsonRun>((resolve, reject) => {
    child.once('close', (status) => {
      try {
        resolve(withEnd({ status, stdout, stderr }));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
  const line = (type: string): Promise<CliLine> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1);
        const found = parseLines(whole).find((each) => each.type === type);
        if (found) resolve(found);
      };
      looking.add(look);
      child.once('close', () => reject(new Error(`no ${type} in\n${stdout}\n${stderr}`)));
      look();
    });
  return { child, line, ended };
}

describe('the queue on the command line', function () {
  this.timeout(90_000);
  const flow = useFlow({
    'hold.sh': 'touch held; while [ ! -e go ]; do sleep 0.02; done; rm go\n',
  });

  // What a failed test left running.
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    children.clear();
  });

  /** A turn that runs until `letGo`. */
  async function holdThePlace(): Promise<Started> {
    const held = start(await flow().runArgs(HOLD, { settings: SETTINGS }));
    while (!existsSync(flow().at('held'))) {
      assert.equal(held.child.exitCode, null, 'it did not start');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return held;
  }

  async function letGo(held: Started): Promise<void> {
    await writeFile(flow().at('go'), '');
    const { status, end } = await held.ended;
    assert.deepEqual([status, end.status], [0, 'finished']);
  }

  it('over the limit a run says that it is queued, waits, and runs when the other process is done', async () => {
    const held = await holdThePlace();
    const second = start(await flow().runArgs([{ text: 'Second' }], { settings: SETTINGS }));
    const queued = await second.line('turn.queued');
    const listed = await flow().read('threads');
    assert.deepEqual(listed.map(({ status }) => status).sort(), ['queued', 'running']);
    const shown = await flow().read('show', queued.threadId ?? '');
    assert.equal(shown.find(({ type }) => type === 'turn')?.status, 'queued');
    await letGo(held);
    const run = await second.ended;
    assert.deepEqual([run.status, run.end.turnId], [0, queued.turnId], show(run));
    assert.equal(run.end.text, 'Second');
  });

  it('Ctrl+C leaves a queued turn in the queue; continue goes on with it', async () => {
    const held = await holdThePlace();
    const second = start(await flow().runArgs([{ text: 'Second' }], { settings: SETTINGS }));
    const { turnId = '' } = await second.line('turn.queued');
    second.child.kill('SIGINT');
    const left = await second.ended;
    assert.deepEqual([left.status, left.end.code], [1, 'still_queued'], show(left));
    await letGo(held);
    const statuses = (await flow().read('threads')).map(({ status }) => status);
    assert.deepEqual(statuses.sort(), ['finished', 'queued'], 'nobody took it');
    const where = ['--state', flow().stateFile, '--workspace', flow().workspace];
    const run = withEnd(await cli(['continue', ...where, turnId, '--json']));
    assert.deepEqual([run.status, run.end.status], [0, 'finished'], show(run));
  });

  it('a decision over the limit counts at once and is carried out when there is a place', async () => {
    const paused = await flow().run(WRITE);
    const held = await holdThePlace();
    const file = await flow().file({ decisions: { w: approve } });
    const { actionId = '' } = paused.end;
    const deciding = start(await flow().decideArgs(actionId, file, { settings: SETTINGS }));
    await deciding.line('turn.queued');
    const late = await flow().decide(actionId, { decisions: { w: approve } });
    assert.equal(late.end.code, 'already_decided');
    assert.equal(existsSync(flow().at('w.txt')), false);
    await letGo(held);
    const run = await deciding.ended;
    assert.deepEqual([run.status, run.end.status], [0, 'finished'], show(run));
    assert.equal(existsSync(flow().at('w.txt')), true);
  });

  it('a message to a thread that waits may queue behind it', async () => {
    const paused = await flow().run(WRITE);
    const { threadId = '', actionId } = paused.end;
    const args = await flow().runArgs([{ text: 'Behind', expect: ['more'] }], {
      thread: threadId,
      prompt: 'more',
    });
    const behind = start([...args, '--when-busy', 'queue']);
    await behind.line('turn.queued');
    const decided = await flow().decide(actionId, { decisions: { w: approve } });
    assert.equal(decided.status, 0, show(decided));
    const run = await behind.ended;
    assert.deepEqual([run.status, run.end.text], [0, 'Behind'], show(run));
  });

  it('a message to a thread that waits may discard what waits, and goes first', async () => {
    const paused = await flow().run(WRITE);
    const { threadId = '' } = paused.end;
    const args = await flow().runArgs([{ text: 'Instead' }], { thread: threadId, prompt: 'no' });
    const run = withEnd(await cli([...args, '--when-busy', 'discard', '--json']));
    assert.deepEqual([run.status, run.end.text], [0, 'Instead'], show(run));
    const lines = await flow().read('show', threadId);
    const turns = lines.filter(({ type }) => type === 'turn').map(({ status }) => status);
    assert.deepEqual(turns, ['cancelled', 'finished']);
    const [result] = toolResults(lines);
    assert.match(result?.text ?? '', /Not run/);
    assert.deepEqual(await flow().read('pending'), []);
    assert.equal(existsSync(flow().at('w.txt')), false);
  });

  it('what to do in a busy thread is a choice of two, for a thread that is there', async () => {
    const args = await flow().runArgs([{ text: 'x' }]);
    const alone = await cli([...args, '--when-busy', 'queue']);
    assert.equal(alone.status, 2);
    assert.match(alone.stderr, /belongs to --thread/);
    const bad = await cli([...args, '--thread', 't1', '--when-busy', 'refuse']);
    assert.equal(bad.status, 2);
    assert.match(bad.stderr, /queue or discard/);
  });
});
