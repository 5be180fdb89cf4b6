import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkSubmission, type SubmissionFacts } from '../../../../src/core/agent/submission.ts';
import { allTools } from '../../../../src/core/tools/registry.ts';
import { Submission } from '../../../../src/protocol/calls.ts';
import type { ActionRow, TurnRow } from '../../../../src/core/ports/store.ts';
import type { ActionRequest, Decision, Proposal } from '../../../../src/protocol/calls.ts';

const command: Proposal = {
  kind: 'command',
  command: 'ls',
  shell: 'bash',
  shellPath: '/bin/bash',
  cwd: '/w',
  cwdShown: '.',
  env: {},
  timeoutMs: 1000,
  parts: [],
};
const edit: Proposal = {
  kind: 'edit',
  change: 'create',
  path: 'a.txt',
  realPath: '/w/a.txt',
  outside: false,
  baseHash: null,
  newHash: 'h',
  newText: 'a\n',
  encoding: 'utf8',
  added: 1,
  removed: 0,
};
const removal: Proposal = { ...edit, change: 'delete', newText: null, newHash: null };
const question: Proposal = {
  kind: 'question',
  question: 'Which?',
  options: [],
  multiSelect: false,
};

const request = (callId: string, tool: string, proposal: Proposal): ActionRequest => ({
  callId,
  tool,
  args: {},
  proposal,
  proposalHash: `hash-${callId}`,
  allowedDecisions:
    proposal.kind === 'question' ? ['respond', 'reject'] : ['approve', 'edit', 'reject', 'respond'],
  why: { verdict: 'ask', layer: 'mode', reason: 'no rule' },
});

const action = (changes: Partial<ActionRow> = {}): ActionRow => ({
  id: 'a1',
  turnId: 'u1',
  threadId: 't1',
  batchId: 'm1',
  kind: 'tool_approval',
  state: 'open',
  requests: [request('c', 'run_command', command), request('e', 'write_file', edit)],
  proposalHash: 'hash',
  createdAt: 1,
  expiresAt: null,
  decisions: null,
  decidedBy: null,
  decidedAt: null,
  ...changes,
});

const turn = (changes: Partial<TurnRow> = {}): TurnRow => ({
  id: 'u1',
  threadId: 't1',
  status: 'paused',
  generation: 2,
  snapshot: {
    version: 1,
    model: { provider: 'p', id: 'm' },
    system: '',
    tools: [],
    mode: 'default',
    roots: ['/w'],
    startedAt: 1,
    timeZone: 'UTC',
  },
  snapshotHash: 'x',
  createdAt: 1,
  endedAt: null,
  code: null,
  message: null,
  ...changes,
});

const facts = (changes: Partial<SubmissionFacts> = {}): SubmissionFacts => ({
  action: action(),
  turn: turn(),
  tools: allTools,
  roots: ['/w'],
  ...changes,
});

const approve: Decision = { type: 'approve' };
const good = { actionId: 'a1', decisions: { c: approve, e: approve } };

/** What is wrong, worst first: when several things are, the first of this table is named. */
const GUARDS: {
  code: string;
  submission?: Partial<Submission>;
  facts?: Partial<SubmissionFacts>;
}[] = [
  { code: 'unknown_action', facts: { action: undefined } },
  { code: 'unknown_action', facts: { turn: undefined } },
  { code: 'already_decided', facts: { action: action({ state: 'resolved' }) } },
  { code: 'expired', facts: { action: action({ state: 'expired' }) } },
  { code: 'not_paused', facts: { action: action({ state: 'cancelled' }) } },
  ...(['queued', 'running', 'finished', 'failed', 'cancelled', 'interrupted'] as const).map(
    (status) => ({ code: 'not_paused', facts: { turn: turn({ status }) } }),
  ),
  { code: 'proposal_mismatch', submission: { proposalHash: 'other' } },
  { code: 'proposal_mismatch', submission: { proposalHash: '' } },
  { code: 'snapshot_drift', facts: { roots: [] } },
  { code: 'snapshot_drift', facts: { roots: ['/other', '/w/below'] } },
  { code: 'snapshot_drift', facts: { turn: turn({ snapshot: { version: 2 } }) } },
  { code: 'unknown_call', submission: { decisions: { ...good.decisions, x: approve } } },
  { code: 'undecided', submission: { decisions: { c: approve } } },
  { code: 'undecided', submission: { decisions: {} } },
  {
    code: 'not_allowed',
    facts: {
      action: action({
        requests: [
          { ...request('c', 'run_command', command), allowedDecisions: ['reject'] },
          request('e', 'write_file', edit),
        ],
      }),
    },
  },
  { code: 'incomplete', submission: { decisions: { ...good.decisions, e: { type: 'edit' } } } },
  {
    code: 'incomplete',
    submission: { decisions: { ...good.decisions, c: { type: 'respond', text: '\u00a0\n' } } },
  },
  {
    code: 'invalid_arguments',
    submission: { decisions: { ...good.decisions, c: { type: 'edit', content: 'x' } } },
  },
  {
    code: 'invalid_arguments',
    submission: { decisions: { ...good.decisions, c: { type: 'edit', args: {} } } },
  },
  {
    code: 'invalid_arguments',
    submission: {
      decisions: {
        ...good.decisions,
        e: { type: 'edit', args: { path: 'a', content: '' }, content: '' },
      },
    },
  },
];

describe('checkSubmission', () => {
  it('lets a complete set of decisions pass, with or without the hash', () => {
    for (const more of [{}, { proposalHash: 'hash' }]) {
      const checked = checkSubmission({ ...good, ...more }, facts());
      assert.deepEqual(checked, { ok: true, decisions: good.decisions });
    }
  });

  it('other folders beside the ones of the turn do not matter', () => {
    assert.equal(checkSubmission(good, facts({ roots: ['/more', '/w'] })).ok, true);
  });

  for (const [index, guard] of GUARDS.entries()) {
    it(`${index + 1}. ${guard.code}`, () => {
      const checked = checkSubmission({ ...good, ...guard.submission }, facts(guard.facts));
      assert.ok(!checked.ok);
      assert.equal(checked.refusal.code, guard.code);
      assert.match(checked.refusal.message, /\.$/, 'a sentence');
    });
  }

  const BAD_TEXTS: [string, string, RegExp][] = [
    ['half of a surrogate pair', 'a\ud83d', /surrogate pair.*: e\.$/],
    ['a NUL', 'a\0b', /NUL character.*: e\.$/],
    ['more bytes than a file may have', '€'.repeat(700_000), /2097152 bytes.*: e\.$/],
  ];
  for (const [title, content, says] of BAD_TEXTS) {
    it(`refuses a new text that holds ${title}, and says so`, () => {
      const decisions = { ...good.decisions, e: { type: 'edit', content } as const };
      const checked = checkSubmission({ ...good, decisions }, facts());
      assert.ok(!checked.ok);
      assert.equal(checked.refusal.code, 'invalid_arguments');
      assert.match(checked.refusal.message, says);
      assert.deepEqual(checked.refusal.callIds, ['e']);
    });
  }

  it('takes a new text of the largest size, with every whole character', () => {
    const content = `\u{1f600}${'€'.repeat(699_049)}`;
    const decisions = { ...good.decisions, e: { type: 'edit', content } as const };
    assert.deepEqual(checkSubmission({ ...good, decisions }, facts()), { ok: true, decisions });
  });

  it('of two problems the earlier guard is named', () => {
    const combined = (one: number, two: number): void => {
      const [first, second] = [GUARDS[one], GUARDS[two]];
      assert.ok(first && second);
      // What the first says wins where both speak of the same thing.
      const given = { ...good, ...second.submission, ...first.submission };
      const known = facts({ ...second.facts, ...first.facts });
      const checked = checkSubmission(given, known);
      assert.ok(!checked.ok);
      const codes = GUARDS.map(({ code }) => code);
      assert.ok(
        codes.indexOf(checked.refusal.code) <= codes.indexOf(first.code),
        `${first.code} and ${second.code}: ${checked.refusal.code}`,
      );
    };
    for (let one = 0; one < GUARDS.length; one += 1) {
      for (let two = one + 1; two < GUARDS.length; two += 1) combined(one, two);
    }
  });

  it('names the calls that are wrong, all of them', () => {
    const decisions = { c: { type: 'edit' }, e: { type: 'respond', text: '' } } as const;
    const checked = checkSubmission({ actionId: 'a1', decisions }, facts());
    assert.ok(!checked.ok);
    assert.deepEqual(checked.refusal.callIds, ['c', 'e']);
  });

  it('`answer` answers the one question, and nothing else', () => {
    const asked = action({ kind: 'ask_user', requests: [request('q', 'ask_user', question)] });
    const answered = checkSubmission({ actionId: 'a1', answer: 'b' }, facts({ action: asked }));
    assert.deepEqual(answered, { ok: true, decisions: { q: { type: 'respond', text: 'b' } } });
    const empty = checkSubmission({ actionId: 'a1', answer: ' ' }, facts({ action: asked }));
    assert.equal(!empty.ok && empty.refusal.code, 'incomplete');
    const wrong = checkSubmission({ actionId: 'a1', answer: 'b' }, facts());
    assert.equal(!wrong.ok && wrong.refusal.code, 'incomplete');
    const single = action({ requests: [request('c', 'run_command', command)] });
    const noQuestion = checkSubmission({ actionId: 'a1', answer: 'b' }, facts({ action: single }));
    assert.equal(!noQuestion.ok && noQuestion.refusal.code, 'incomplete');
  });

  it('a deletion takes no new text', () => {
    const asked = action({ requests: [request('d', 'delete_file', removal)] });
    const decisions = { d: { type: 'edit', content: 'kept' } } as const;
    const checked = checkSubmission({ actionId: 'a1', decisions }, facts({ action: asked }));
    assert.equal(!checked.ok && checked.refusal.code, 'invalid_arguments');
  });

  it('whatever is sent: total, and only a full set of allowed decisions passes', () => {
    const key = fc.constantFrom('c', 'e', 'x', '__proto__', 'constructor', 'toString', '');
    const decision = fc.oneof(
      fc.constant({ type: 'approve' }),
      fc.record({ type: fc.constant('reject'), reason: fc.string() }),
      fc.record({ type: fc.constant('respond'), text: fc.constantFrom('', ' ', 'text') }),
      fc.record(
        { type: fc.constant('edit'), args: fc.object(), content: fc.string() },
        { requiredKeys: ['type'] },
      ),
      fc.json(),
    );
    fc.assert(
      fc.property(fc.dictionary(key, decision), fc.option(fc.string()), (decisions, answer) => {
        const parsed = Submission.safeParse({
          actionId: 'a1',
          decisions,
          ...(answer === null ? {} : { answer }),
        });
        if (!parsed.success) return;
        const checked = checkSubmission(parsed.data, facts());
        if (!checked.ok) return;
        assert.deepEqual(Object.keys(checked.decisions).sort(), ['c', 'e']);
        assert.equal(answer, null);
      }),
    );
  });
});
