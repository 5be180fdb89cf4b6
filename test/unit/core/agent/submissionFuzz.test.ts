// Submissions of any shape, on actions and turns of any state: what passes is an exact set of allowed decisions on what is open.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkSubmission, type SubmissionFacts } from '../../../../src/core/agent/submission.ts';
import { allTools } from '../../../../src/core/tools/registry.ts';
import {
  ActionRequest,
  Decision,
  DecisionType,
  Submission,
  TurnStatus,
} from '../../../../src/protocol/calls.ts';
import { fitting, hostile, nearly } from '../../../fakes/hostileJson.ts';
import { runsOr } from '../../../fakes/runs.ts';
import type { ActionRow, TurnRow } from '../../../../src/core/ports/store.ts';

const CALLS = ['c1', 'w', '__proto__', 'constructor', 'toString', ''];
const HASH = 'the hash of the batch';

const snapshot = {
  ...{ version: 1, model: { provider: 'p', id: 'm' }, system: '', toolSpecs: 'h' },
  ...{ ingredients: [], policyHash: 'p', mode: 'default', roots: ['/w'] },
  ...{ startedAt: 1, timeZone: 'UTC' },
};

/** Requests of every kind; their making is slow, and not what is looked at here. */
const SHOWN = fc
  .sample(fitting(ActionRequest), { numRuns: 100, seed: 1 })
  .map((request) => ActionRequest.parse(request));
const decision = fitting(Decision);

const requests = fc.uniqueArray(
  fc
    .record({
      callId: fc.constantFrom(...CALLS),
      tool: fc.constantFrom('run_command', 'write_file', 'ask_user', 'gone', '__proto__'),
      request: fc.constantFrom(...SHOWN),
      allowed: fc.subarray([...DecisionType.options]),
    })
    .map(({ callId, tool, request, allowed }): ActionRequest => {
      return { ...request, callId, tool, allowedDecisions: allowed };
    }),
  { minLength: 1, maxLength: 3, selector: ({ callId }) => callId },
);

const facts = fc.record({
  requests,
  state: fc.constantFrom<ActionRow['state']>(
    'open',
    'open',
    'open',
    'resolved',
    'expired',
    'cancelled',
  ),
  status: fc.oneof(fc.constant<TurnStatus>('paused'), fc.constantFrom(...TurnStatus.options)),
  roots: fc.constantFrom<readonly string[]>(['/w'], ['/w', '/x'], ['/x'], []),
  snapshot: fc.oneof(
    { weight: 8, arbitrary: fc.constant<Record<string, unknown>>(snapshot) },
    { weight: 1, arbitrary: fc.dictionary(fc.string(), hostile) },
  ),
  drift: fc.constantFrom(null, null, 'drifted'),
  missing: fc.constantFrom('none', 'none', 'none', 'none', 'none', 'none', 'action', 'turn'),
});
type Given = typeof facts extends fc.Arbitrary<infer T> ? T : never;

function factsOf(given: Given): SubmissionFacts & { action: ActionRow | undefined } {
  const action: ActionRow = {
    ...{ id: 'a1', turnId: 'u1', threadId: 't1', batchId: 'm1', kind: 'tool_approval' },
    ...{ state: given.state, requests: given.requests, proposalHash: HASH },
    ...{ createdAt: 1, expiresAt: null, decisions: null, decidedBy: null, decidedAt: null },
  };
  const turn: TurnRow = {
    ...{ id: 'u1', threadId: 't1', status: given.status, generation: 2 },
    ...{ snapshot: given.snapshot, snapshotHash: 'x', createdAt: 1, endedAt: null },
    ...{ acceptedDrift: null, code: null, message: null },
  };
  const drift = { hash: given.drift, changes: [] };
  return {
    action: given.missing === 'action' ? undefined : action,
    turn: given.missing === 'turn' ? undefined : turn,
    ...{ tools: allTools, roots: given.roots, drift },
  };
}

/** A submission on the action; often almost right. */
const submitted = fc.oneof(
  nearly(Submission),
  fc.record(
    {
      actionId: fc.constantFrom('a1', 'a2'),
      proposalHash: fc.constantFrom(HASH, HASH, 'another', '__proto__'),
      decisions: fc
        .array(fc.tuple(fc.constantFrom(...CALLS), nearly(Decision)), { maxLength: 4 })
        .map((entries) => Object.fromEntries(entries)),
      answer: fc.string(),
      drift: fc.constantFrom('drifted', 'another'),
    },
    { requiredKeys: ['actionId'] },
  ),
);

describe('fuzzing of decisions', function () {
  this.timeout(0);

  it('only exact decisions on an open action pass, each allowed for its call (U14, I2)', () => {
    let passed = 0;
    const asked = fc.oneof(
      fc.tuple(facts, submitted),
      // One decision for each call of the action, some of them not allowed.
      facts.chain((given) =>
        fc.tuple(
          fc.constant({ ...given, state: 'open' as const, status: 'paused' as const }),
          fc.tuple(...given.requests.map(() => decision)).map((all): unknown => ({
            actionId: 'a1',
            proposalHash: HASH,
            decisions: Object.fromEntries(
              given.requests.map(({ callId }, at) => [callId, all[at]]),
            ),
          })),
        ),
      ),
    );
    fc.assert(
      fc.property(asked, ([given, raw]) => {
        const parsed = Submission.safeParse(raw);
        if (!parsed.success) return;
        const known = factsOf(given);
        const checked = checkSubmission(parsed.data, known);
        if (!checked.ok) {
          assert.ok(checked.refusal.code.length > 0);
          assert.match(checked.refusal.message, /[.?]$/);
          return;
        }
        passed += 1;
        const { action, turn } = known;
        assert.ok(action?.state === 'open' && turn?.status === 'paused');
        assert.ok(['/w'].every((root) => known.roots.includes(root)));
        assert.ok([undefined, HASH].includes(parsed.data.proposalHash));
        assert.ok(known.drift.hash === null || known.drift.hash === parsed.data.drift);
        const { decisions } = checked;
        assert.deepEqual(
          Object.keys(decisions).sort(),
          action.requests.map(({ callId }) => callId).sort(),
        );
        const { answer, decisions: sent = {} } = parsed.data;
        for (const { callId, allowedDecisions } of action.requests) {
          const decision = decisions[callId];
          assert.ok(decision && Object.hasOwn(decisions, callId));
          assert.ok(allowedDecisions.includes(decision.type));
          if (answer === undefined) assert.deepEqual(decision, sent[callId]);
          else assert.deepEqual(decision, { type: 'respond', text: answer });
        }
      }),
      { numRuns: runsOr(1000) },
    );
    assert.ok(passed > 0, 'none passed, so nothing was seen');
  });
});
