// What the command line prints for people: nothing that a model, a repository or a server wrote controls the terminal.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { startOpenAIServer } from '../fakes/openaiServer.ts';
import { approve, cli, parseLines, show, useFlow } from './support.ts';
import type { CliRun, Entry } from './support.ts';

const ESC = '\u001b[31mred\u001b]0;title\u0007';
const BIDI = '\u202etxt.exe\u2066';
const HIDDEN = 'a\u200bb\u00adc\u{e0041}\u009b1m\u2028';
const NASTY = `${ESC}${BIDI}${HIDDEN}`;
/** Everything but plain line ends and tabs that is not seen as it is. */
const CONTROL = /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u;

function assertPlain(run: CliRun): void {
  for (const text of [run.stdout, run.stderr]) {
    const at = text.search(CONTROL);
    assert.equal(at, -1, JSON.stringify(text.slice(Math.max(0, at - 60), at + 20)));
  }
}

describe('output for people', function () {
  this.timeout(90_000);
  const flow = useFlow();
  const script: Entry[] = [
    {
      text: `I say ${NASTY}`,
      toolCalls: [
        { id: 'list', name: 'list_directory', args: { path: '.' } },
        {
          id: 'file',
          name: 'write_file',
          args: { path: `${NASTY.replaceAll('/', '')}.txt`, content: NASTY },
        },
        { id: `cmd${NASTY}`, name: 'run_command', args: { command: `echo '${NASTY}'\necho 2` } },
        { id: 'tool', name: `tool${NASTY}`, args: {} },
        { id: 'bad', name: 'read_file', args: { [`x${NASTY}`]: 1 } },
      ],
    },
    {
      text: `And ${NASTY}`,
      toolCalls: [
        {
          id: 'ask',
          name: 'ask_user',
          args: { question: `Which ${NASTY}?`, options: [{ label: NASTY, value: NASTY }] },
        },
      ],
    },
    { text: NASTY },
  ];

  it('of run, pending, decide, threads and show holds no control character', async () => {
    await writeFile(flow().at(`name${ESC}${BIDI}`), 'x');
    const run = await cli(await flow().runArgs(script, { prompt: `Do ${NASTY}` }));
    assert.equal(run.status, 3, show(run));
    assertPlain(run);
    assert.match(run.stdout, /\\u\{202E\}/, 'it is shown, not dropped');
    assert.match(run.stdout, /\\u\{1B\}|\\u\{001B\}/);
    const state = ['--state', flow().stateFile];
    assertPlain(await cli(['pending', ...state]));
    assertPlain(await cli(['threads', ...state]));
    const [pending] = await flow().read('pending');
    const [{ id } = { id: '' }] = (await flow().read('threads')) as unknown as { id: string }[];
    assertPlain(await cli(['show', ...state, id]));

    const ids = pending?.requests?.map(({ callId }) => callId) ?? [];
    assert.equal(ids.length, 2);
    const refusedFile = await flow().file({ decisions: { [`no${NASTY}`]: approve } });
    const refused = await cli(await flow().decideArgs(pending?.actionId ?? '', refusedFile));
    assert.equal(refused.status, 4);
    assertPlain(refused);
    const file = await flow().file({
      decisions: Object.fromEntries(ids.map((callId) => [callId, approve])),
    });
    const decided = await cli(await flow().decideArgs(pending?.actionId ?? '', file));
    assert.equal(decided.status, 3, show(decided));
    assertPlain(decided);
    const [question] = await flow().read('pending');
    const answer = await flow().file({ answer: NASTY });
    const end = await cli(await flow().decideArgs(question?.actionId ?? '', answer));
    assert.equal(end.status, 0, show(end));
    assertPlain(end);
    assertPlain(await cli(['show', ...state, id]));
  });

  it('of failures, warnings and usage errors holds none either', async () => {
    const mismatch = await cli(
      await flow().runArgs([{ text: 'x', expect: [`never ${NASTY}`] }], { prompt: NASTY }),
    );
    assert.equal(mismatch.status, 1);
    assertPlain(mismatch);
    const settings = {
      'countersign.approval.deny': [`shell(${NASTY}`],
      [`countersign.${NASTY}`]: 1,
    };
    assertPlain(await cli(await flow().runArgs([{ text: 'x' }], { settings })));
    assertPlain(await cli([`no${NASTY}`]));
    assertPlain(await cli(['show', '--state', flow().stateFile, `t${NASTY}`]));
    assertPlain(
      await cli([
        'run',
        '--workspace',
        `/no${NASTY.replaceAll('\u0000', '')}`,
        '--state',
        's',
        '--model',
        'a:b',
        'x',
      ]),
    );
    const script = await flow().file(`{"turns": [${NASTY}`);
    assertPlain(await cli(await flow().runArgs([], { model: `scripted:${script}` })));
  });

  it('of what a model server says holds none either', async () => {
    const server = await startOpenAIServer();
    try {
      server.enqueue({ kind: 'status', status: 404, body: `no ${NASTY}` });
      const settings = { 'countersign.model.baseUrl': server.baseUrl };
      const run = await cli(await flow().runArgs([], { model: `openai:m${NASTY}`, settings }));
      assert.equal(run.status, 1, show(run));
      assertPlain(run);
    } finally {
      await server.dispose();
    }
  });

  it('with --json every command prints one JSON object a line, on one line whatever is in it', async () => {
    const run = await cli([...(await flow().runArgs(script, { prompt: NASTY })), '--json']);
    assert.ok(parseLines(run.stdout).length > 5);
    for (const line of run.stdout.split('\n')) {
      assert.doesNotMatch(line, /[\u0000-\u001f\u007f]/, 'JSON escapes them');
    }
    for (const words of [
      ['pending'],
      ['threads'],
      ['show', run.stdout.match(/"threadId":"([^"]+)"/)?.[1] ?? ''],
    ]) {
      const [command = '', ...rest] = words;
      const read = await cli([command, '--state', flow().stateFile, ...rest, '--json']);
      assert.equal(read.status, 0, show(read));
      assert.ok(parseLines(read.stdout).length > 0);
    }
  });
});
