import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answerOf, type HookRun } from '../../../../src/core/hooks/hookOutput.ts';
import { fold } from '../../../../src/core/hooks/fold.ts';
import type { HookAnswer } from '../../../../src/core/hooks/types.ts';

const ran = (over: Partial<HookRun> = {}): HookRun => ({
  ...{ exitCode: 0, signal: null, timedOut: false, startError: null },
  ...{ stdout: '', stderr: '', flooded: false },
  ...over,
});
const says = (output: unknown): HookAnswer =>
  answerOf(ran({ stdout: typeof output === 'string' ? output : JSON.stringify(output) }));
const specific = (fields: object): object => ({
  hookSpecificOutput: { hookEventName: 'PreToolUse', ...fields },
});

describe('answerOf', () => {
  const TABLE: [string, HookAnswer, HookAnswer['decision'], RegExp][] = [
    ['silence', says(''), 'none', /^$/],
    ['an empty object', says({}), 'none', /^$/],
    [
      'deny',
      says(specific({ permissionDecision: 'deny', permissionDecisionReason: 'no' })),
      'deny',
      /^no$/,
    ],
    ['ask', says(specific({ permissionDecision: 'ask' })), 'ask', /no reason/],
    ['allow', says(specific({ permissionDecision: 'allow' })), 'allow', /no reason/],
    ['defer', says(specific({ permissionDecision: 'defer' })), 'ask', /no reason/],
    ['Copilot’s deny', says({ permissionDecision: 'deny' }), 'deny', /no reason/],
    ['the old block', says({ decision: 'block', reason: 'old' }), 'deny', /^old$/],
    ['the old approve', says({ decision: 'approve' }), 'allow', /no reason/],
    ['a stop', says({ continue: false, stopReason: 'halt' }), 'deny', /^halt$/],
    [
      'two decisions: the stricter',
      says({ decision: 'approve', ...specific({ permissionDecision: 'deny' }) }),
      'deny',
      /./,
    ],
    ['exit code 2', answerOf(ran({ exitCode: 2, stderr: 'not\nso' })), 'deny', /^not so$/],
    [
      'exit code 2 beats what it wrote',
      answerOf(ran({ exitCode: 2, stdout: '{"decision":"approve"}' })),
      'deny',
      /./,
    ],
    ['exit code 1', answerOf(ran({ exitCode: 1, stderr: 'broken' })), 'ask', /code 1 \(broken\)/],
    ['a program that is missing', answerOf(ran({ exitCode: 127 })), 'ask', /127/],
    ['a time-out', answerOf(ran({ exitCode: null, timedOut: true })), 'ask', /in time/],
    ['a signal', answerOf(ran({ exitCode: null, signal: 'SIGKILL' })), 'ask', /SIGKILL/],
    ['no start', answerOf(ran({ exitCode: null, startError: 'x' })), 'ask', /could not be started/],
    [
      'a flood',
      answerOf(ran({ flooded: true, stdout: '{"decision":"approve"}' })),
      'ask',
      /too much/,
    ],
    ['rubbish', says('all good'), 'ask', /not JSON/],
    ['rubbish behind an answer', says('{"decision":"approve"} ok'), 'ask', /not JSON/],
    ['a list', says([]), 'ask', /cannot be understood/],
    [
      'an unknown decision',
      says(specific({ permissionDecision: 'yes' })),
      'ask',
      /permissionDecision/,
    ],
    ['a decision twice', says('{"decision":"block","decision":"approve"}'), 'ask', /two ways/],
    [
      'another event',
      says({ hookSpecificOutput: { hookEventName: 'Stop', permissionDecision: 'allow' } }),
      'ask',
      /another event/,
    ],
    ['arguments that are none', says(specific({ updatedInput: 'x' })), 'ask', /updatedInput/],
    [
      'two rewritings',
      says({ modifiedArgs: {}, ...specific({ updatedInput: {} }) }),
      'ask',
      /twice/,
    ],
  ];
  for (const [name, answer, decision, reason] of TABLE) {
    it(`${name}: ${decision}`, () => {
      assert.equal(answer.decision, decision);
      assert.match(answer.reason, reason);
    });
  }

  it('takes new arguments and words for the model', () => {
    const answer = says(specific({ updatedInput: { command: 'ls' }, additionalContext: 'mind' }));
    assert.deepEqual(answer, {
      ...{ decision: 'none', reason: '' },
      ...{ updatedInput: { command: 'ls' }, additionalContext: 'mind' },
    });
  });

  it('makes hidden characters of a reason visible, and keeps it short', () => {
    const answer = answerOf(ran({ exitCode: 2, stderr: `a\u202Eb ${'x'.repeat(5000)}` }));
    assert.match(answer.reason, /^a\\u\{202E\}b /);
    assert.ok(answer.reason.length <= 1001);
  });

  it('never throws, and allows only what says so (2,000 outputs)', () => {
    const output = fc.oneof(
      fc.string(),
      fc.jsonValue().map((any) => JSON.stringify(any)),
      fc
        .dictionary(fc.constantFrom('decision', 'hookSpecificOutput', 'reason'), fc.jsonValue())
        .map((any) => JSON.stringify(any)),
    );
    const code = fc.option(fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(output, code, (stdout, exitCode) => {
        const { decision } = answerOf(ran({ stdout, exitCode }));
        if (decision === 'allow') assert.match(stdout, /allow|approve/);
        if (exitCode !== 0)
          assert.ok(decision === 'ask' || (exitCode === 2 && decision === 'deny'));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('fold', () => {
  const KINDS = ['none', 'allow', 'ask', 'deny'] as const;

  it('is as strict as the strictest, with the reason of the first that was', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...KINDS)), (decisions) => {
        const answers = decisions.map((decision, index) => ({
          by: `h${index}`,
          answer: { decision, reason: `r${index}` },
        }));
        const folded = fold(answers);
        const strictest = Math.max(0, ...decisions.map((one) => KINDS.indexOf(one)));
        assert.equal(folded.decision, KINDS[strictest]);
        const first = decisions.indexOf(folded.decision);
        if (folded.decision !== 'none') assert.match(folded.reason, new RegExp(`^hook h${first} `));
      }),
    );
  });
});
