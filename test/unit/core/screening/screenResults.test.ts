// What tools give back, through the engine and by itself: no secret reaches model, journal, stored output, page or log.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { createResultScreen } from '../../../../src/core/screening/screenResults.ts';
import { createSecretScanner } from '../../../../src/node/screening/secretlint.ts';
import { recordingLogger } from '../../../fakes/recordingLogger.ts';
import { githubToken, KEY_BODY, npmToken, privateKey } from '../../../fakes/secrets.ts';
import { useBench } from '../agent/support.ts';

const deps = { secretScanner: createSecretScanner(), logger: recordingLogger() };

describe('screening of results', () => {
  const env = `NAME=value\nDB_PASSWORD=hunter2\nGH=${githubToken}\n`;
  const bench = useBench({ '.env': env, 'key.pem': `${privateKey(600)}\n`, 'a.txt': 'one\n' });

  async function resultOf(name: string, args: object): Promise<string> {
    const { say, run, engine, results, deps: all } = bench();
    say({ calls: [{ id: 'c', name, args }] }, { text: 'Done' });
    const { turnId } = await run();
    const [open] = await all.store.openActions();
    if (open) {
      const outcome = await engine.submit(
        { actionId: open.id, decisions: { c: { type: 'approve' } } },
        'test',
      );
      assert.ok(outcome.ok, JSON.stringify(outcome));
      await outcome.done;
    }
    return (await results(turnId))[0]?.text ?? '';
  }
  function assertNowhere(...secrets: string[]): void {
    const { requests, events, logger } = bench();
    for (const seen of [requests, events, logger.lines]) {
      for (const secret of secrets) assert.ok(!JSON.stringify(seen).includes(secret));
    }
  }

  it('a .env file that may be read is read without its secrets, and the result says how many', async () => {
    const text = await resultOf('read_file', { path: '.env' });
    assert.match(text, /NAME=value\nDB_PASSWORD=\[redacted:environment\]\nGH=\[redacted:github/);
    assert.match(text, /2 secrets were taken out of this result/);
    assertNowhere('hunter2', githubToken);
  });

  it('a result without secrets is exactly the file', async () => {
    assert.equal(await resultOf('read_file', { path: 'a.txt' }), 'one\n');
  });

  it('what a command prints: result, stored output and stream, cut in the middle of a key too', async () => {
    const filler = `${'x'.repeat(99)}\n`.repeat(140);
    writeFileSync(
      bench().at('long.txt'),
      `${filler}${privateKey(600)}\n${filler}${githubToken}\nend\n`,
    );
    const text = await resultOf('run_command', { command: 'cat long.txt' });
    assert.match(text, /\[redacted:private-key\]/);
    assert.match(text, /end\n/, 'what is behind the key is kept');
    assert.match(text, /2 secrets were taken out/);
    assertNowhere(KEY_BODY, githubToken);
    const streamed = bench().events.flatMap((event) =>
      event.type === 'output' ? [event.delta] : [],
    );
    assert.match(streamed.join(''), /\[redacted:github-token\]\nend\n$/);
  });

  it('why a call cannot be done does not quote a secret', async () => {
    const args = { path: `${npmToken}.txt`, old_string: 'a', new_string: 'b' };
    const text = await resultOf('edit_file', args);
    assert.match(text, /\[redacted:npm/);
    assert.ok(!text.includes(npmToken));
  });

  it('a stream is handed on whole and in order, wherever its pieces are cut', async () => {
    const line = fc.constantFrom(
      'plain words\n',
      'a bar 10%\r',
      `k ${githubToken} z\n`,
      `${privateKey()}\n`,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.array(fc.nat(400)),
        fc.string(),
        async (lines, sizes, tail) => {
          const whole = lines.join('') + tail;
          const pieces: string[] = [];
          const stream = createResultScreen(deps).stream((piece) => pieces.push(piece));
          let at = 0;
          for (const size of sizes) {
            stream.write(whole.slice(at, at + size));
            at += size;
          }
          stream.write(whole.slice(at));
          await stream.end();
          const { text } = await createResultScreen(deps).result({ text: whole });
          const [expected = ''] = text.split(/\n\n\[\d+ secrets? w/);
          assert.equal(pieces.join(''), expected);
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  it('a line without an end is handed on in parts, and a secret across them is found', async () => {
    const pieces: string[] = [];
    const stream = createResultScreen(deps).stream((piece) => pieces.push(piece));
    const filler = 'words '.repeat(20_000);
    for (const part of [filler, githubToken.slice(0, 9), githubToken.slice(9), ` ${filler}`]) {
      stream.write(part);
    }
    await stream.end();
    assert.ok(pieces.length > 1, 'in parts');
    assert.equal(pieces.join(''), `${filler}[redacted:github-token] ${filler}`);
  });
});
