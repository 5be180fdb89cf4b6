// Threads on the command line: going on with one, what the model is sent, what is refused while a turn waits, what is shown.
import assert from 'node:assert/strict';
import { approve, cli, reject, said, show, useFlow } from './support.ts';
import type { Entry } from './support.ts';

const ask: Entry[] = [
  { toolCalls: [{ id: 'w', name: 'write_file', args: { path: 'w.txt', content: 'w\n' } }] },
  { text: 'Written' },
];

describe('threads on the command line', function () {
  this.timeout(90_000);
  const flow = useFlow({ 'a.txt': 'content of a\n' });

  it('a turn in the same thread: the script starts anew and sees the new message', async () => {
    const first = await flow().run([{ text: 'Hello' }], { prompt: 'First question' });
    assert.equal(first.status, 0, show(first));
    const thread = first.end.threadId ?? '';
    const second = await flow().run([{ text: 'Again', expect: ['Second question'] }], {
      thread,
      prompt: 'Second question',
    });
    assert.equal(second.status, 0, show(second));
    assert.equal(second.end.threadId, thread);
    const lines = await flow().read('show', thread);
    const texts = lines.flatMap(({ type, message }) =>
      type === 'message' && message && typeof message === 'object'
        ? [[message.role, message.text]]
        : [],
    );
    assert.deepEqual(texts, [
      ['user', 'First question'],
      ['assistant', 'Hello'],
      ['user', 'Second question'],
      ['assistant', 'Again'],
    ]);
    const [listed, ...others] = await flow().read('threads');
    assert.deepEqual([listed?.status, listed?.waiting, others], ['finished', 0, []]);
  });

  it('a message decides nothing while a turn waits, and replaces nothing (HB9)', async () => {
    const started = await flow().run(ask);
    const thread = started.end.threadId ?? '';
    const refused = await flow().run([{ text: 'never' }], { thread, prompt: 'yes, go on' });
    assert.deepEqual([refused.status, refused.end.code], [1, 'turn_paused'], show(refused));
    assert.match(said(refused.end), /waits for your decision/);
    const [listed] = await flow().read('threads');
    assert.deepEqual([listed?.status, listed?.waiting], ['paused', 1]);
    const end = await flow().decide(started.end.actionId, { decisions: { w: approve } });
    assert.equal(end.status, 0, show(end));
    const next = await flow().run([{ text: 'fine', expect: ['go on now'] }], {
      thread,
      prompt: 'go on now',
    });
    assert.equal(next.status, 0, show(next));
  });

  it('other threads go on while one waits, and each action is decided by itself', async () => {
    const one = await flow().run(ask);
    const two = await flow().run(ask);
    assert.equal((await flow().read('pending')).length, 2);
    const end = await flow().decide(two.end.actionId, { decisions: { w: reject() } });
    assert.equal(end.status, 0, show(end));
    assert.deepEqual(
      (await flow().read('pending')).map(({ actionId }) => actionId),
      [one.end.actionId],
    );
  });

  it('a thread that does not exist is an error, and no thread is made', async () => {
    await flow().run([{ text: 'Hello' }]);
    const run = await flow().run([{ text: 'Hello' }], { thread: 't-nowhere' });
    assert.deepEqual([run.status, run.end.code], [1, 'unknown_thread']);
    assert.match(said(run.end), /t-nowhere/);
    assert.equal((await flow().read('threads')).length, 1);
    const shown = await cli(['show', '--state', flow().stateFile, 't-nowhere', '--json']);
    assert.equal(shown.status, 1);
    assert.match(shown.stdout, /unknown_thread/);
  });

  it('a failed turn leaves a thread that can be used', async () => {
    const failed = await flow().run([
      { text: 'Looking', toolCalls: [{ id: 'r', name: 'read_file', args: { path: 'a.txt' } }] },
      { text: 'never', expect: ['not in the file'] },
    ]);
    assert.deepEqual([failed.status, failed.end.code], [1, 'script_mismatch'], show(failed));
    const thread = failed.end.threadId ?? '';
    const next = await flow().run([{ text: 'Fine' }], { thread, prompt: 'Again' });
    assert.equal(next.status, 0, show(next));
    const turns = (await flow().read('show', thread)).filter(({ type }) => type === 'turn');
    assert.deepEqual(
      turns.map(({ status, code }) => [status, code]),
      [
        ['failed', 'script_mismatch'],
        ['finished', null],
      ],
    );
  });
});
