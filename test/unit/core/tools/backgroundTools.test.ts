// Which part of a command's output a result holds, and how its state is told.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createOutputTail } from '../../../../src/core/commands/outputTail.ts';
import { shownPart } from '../../../../src/core/tools/backgroundTools.ts';
import { backgroundText } from '../../../../src/core/tools/commandResult.ts';
import { findTool, allTools } from '../../../../src/core/tools/registry.ts';
import { refusal, toolWorld } from '../../../fakes/toolContext.ts';

const LONG = 'x'.repeat(70_000);

describe('output of a background command', () => {
  it('is what is new, and then nothing', () => {
    const output = { from: 0, text: 'one\ntwo\n' };
    assert.deepEqual(shownPart(output, 0, false), { text: 'one\ntwo\n', to: 8 });
    assert.deepEqual(shownPart(output, 4, false), { text: 'two\n', to: 8 });
    assert.deepEqual(shownPart(output, 8, false), { text: '[no new output]', to: 8 });
    assert.deepEqual(shownPart(output, 99, true).text, '[no new output]');
  });

  it('of a long one the newest part, with where the rest is', () => {
    const { text, to } = shownPart({ from: 0, text: LONG }, 10, false);
    assert.equal(to, 70_000);
    assert.match(text, /^\[… 39990 characters before this; offset 10 reads them …\]\nx{30000}$/);
  });

  it('from a place on, to where it goes on', () => {
    const { text, to } = shownPart({ from: 0, text: LONG }, 10, true);
    assert.equal(to, 30_010);
    assert.match(text, /^x{30000}\n\[… 39990 characters follow; offset 30010 reads them …\]$/);
  });

  it('says what is not kept any more', () => {
    const { text, to } = shownPart({ from: 500, text: 'tail' }, 100, false);
    assert.deepEqual([text, to], ['[… 400 characters before this are not kept …]\ntail', 504]);
  });

  it('for any pieces the tail is the end of the whole, at its place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 30 })),
        fc.integer({ min: 1, max: 40 }),
        (pieces, limit) => {
          const tail = createOutputTail(limit);
          for (const piece of pieces) tail.push(piece);
          const whole = pieces.join('');
          const kept = tail.kept();
          assert.equal(tail.length, whole.length);
          assert.equal(kept.text, whole.slice(Math.max(0, whole.length - limit)));
          assert.equal(kept.from + kept.text.length, whole.length);
        },
      ),
    );
  });

  it('each state is told', () => {
    const row = {
      ...{ id: 'b', threadId: 't', turnId: 'u', callId: 'c', command: 'x', cwd: '.', signal: null },
      ...{ exitCode: 1, stopAskedBy: null, startedAt: 1000, endedAt: 3500, length: 0, readTo: 0 },
    };
    assert.equal(backgroundText({ ...row, state: 'running', endedAt: null }), 'It is running.');
    assert.equal(
      backgroundText({ ...row, state: 'running', endedAt: null, stopAskedBy: 'the user' }),
      'The user is stopping it.',
    );
    assert.equal(
      backgroundText({ ...row, state: 'exited' }),
      'It ended with exit code 1 after 2.5 s.',
    );
    assert.match(
      backgroundText({ ...row, state: 'exited', exitCode: null, signal: 'SIGSEGV' }),
      /ended by signal SIGSEGV after 2\.5 s/,
    );
    assert.match(
      backgroundText({ ...row, state: 'stopped', stopAskedBy: 'the agent' }),
      /by the agent/,
    );
    assert.match(backgroundText({ ...row, state: 'timedOut' }), /timed out and was stopped/);
    assert.match(
      backgroundText({ ...row, state: 'lost' }),
      /not known, and it was not started again/,
    );
  });

  it('there is none where the process ends with its turn', async () => {
    for (const name of ['read_command_output', 'stop_command']) {
      const tool = findTool(allTools, name);
      assert.ok(tool);
      assert.match(await refusal(tool, { id: 'b1' }, toolWorld()), /no background commands here/);
    }
  });
});
