import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkSubmission, type SubmissionFacts } from '../../../../src/core/agent/submission.ts';
import type { TurnDrift } from '../../../../src/core/agent/drift.ts';
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
    toolSpecs: 'h',
    ingredients: [],
    policyHash: 'p',
    mode: 'default',
    roots: ['/w'],
    startedAt: 1,
    timeZone: 'UTC',
  },
  snapshotHash: 'x',
  createdAt: 1,
  endedAt: null,
  acceptedDrift: null,
  code: null,
  message: null,
  ...changes,
});

const facts = (changes: Partial<SubmissionFacts> = {}): SubmissionFacts => ({
  action: action(),
  turn: turn(),
  tools: allTools,
  roots: ['/w'],
  drift: { changes: [], hash: null },
  ...changes,
});

const approve: Decision = { type: 'approve' };
const good = { actionId: 'a1', decisions: { c: approve, e: approve } };

/** Everything that the guards look at. */
interface World {
  submission: Submission;
  facts: SubmissionFacts;
}

interface Guard {
  code: string;
  /** What of the world it sets. */
  sets: string;
  breaks: string;
  apply: (world: World) => void;
}

const DRIFT: TurnDrift = {
  changes: [{ kind: 'tool', name: 'x', change: 'gone', text: 'The tool x is gone.' }],
  hash: 'drifted',
};

const guard = (code: string, sets: string, breaks: string, apply: Guard['apply']): Guard => ({
  ...{ code, sets, breaks, apply },
});
const onTurn = (code: string, breaks: string, changes: Partial<TurnRow>): Guard =>
  guard(code, `turn.${Object.keys(changes).join()}`, breaks, ({ facts: { turn: row } }) => {
    if (row) Object.assign(row, changes);
  });
const onAction = (code: string, breaks: string, changes: Partial<ActionRow>): Guard =>
  guard(code, `action.${Object.keys(changes).join()}`, breaks, ({ facts: { action: row } }) => {
    if (row) Object.assign(row, changes);
  });
const onCall = (code: string, breaks: string, [callId, decision]: [string, Decision]): Guard =>
  guard(code, callId, breaks, ({ submission }) => {
    Object.assign(submission.decisions ?? {}, { [callId]: decision });
  });
const onFacts = (code: string, breaks: string, changes: Partial<SubmissionFacts>): Guard =>
  guard(code, Object.keys(changes).join(), breaks, (made) => {
    Object.assign(made.facts, changes);
  });
const onHash = (breaks: string, proposalHash: string): Guard =>
  guard('proposal_mismatch', 'hash', breaks, ({ submission }) => {
    submission.proposalHash = proposalHash;
  });

/** In DESIGN's order; each of the later ones breaks a call of its own, so that any two can be wrong at once. */
const GUARDS: Guard[] = [
  onFacts('unknown_action', 'there is no action', { action: undefined }),
  onFacts('unknown_action', 'there is no turn', { turn: undefined }),
  onAction('already_decided', 'somebody was faster', { state: 'resolved' }),
  ...(['queued', 'running', 'finished', 'failed', 'cancelled', 'interrupted'] as const).map(
    (status) => onTurn('not_paused', `the turn is ${status}`, { status }),
  ),
  onTurn('expired', 'the turn expired', { status: 'expired' }),
  onAction('expired', 'the action expired', { state: 'expired' }),
  onAction('wrong_action', 'another action waits', { state: 'cancelled' }),
  onHash('another proposal', 'other'),
  onHash('an empty hash', ''),
  onFacts('snapshot_drift', 'no folder is open', { roots: [] }),
  onFacts('snapshot_drift', 'another folder is open', { roots: ['/other', '/w/below'] }),
  onTurn('snapshot_drift', 'an unreadable snapshot', { snapshot: { version: 2 } }),
  onFacts('snapshot_drift', 'drift', { drift: DRIFT }),
  guard('undecided', 'u', 'a call is left out', ({ submission }) => {
    delete submission.decisions?.['u'];
  }),
  onCall('not_allowed', 'a decision that the call does not take', ['n', approve]),
  onCall('incomplete', 'an edit of nothing', ['i', { type: 'edit' }]),
  onCall('incomplete', 'an empty answer', ['i', { type: 'respond', text: '\u00a0\n' }]),
  onCall('invalid_arguments', 'two edits', ['v', { type: 'edit', args: {}, content: '' }]),
  onCall('invalid_arguments', 'a text for a command', ['c', { type: 'edit', content: 'x' }]),
  onCall('invalid_arguments', 'a text no file can hold', ['e', { type: 'edit', content: '\0' }]),
  onCall('invalid_arguments', 'arguments of another tool', ['c', { type: 'edit', args: {} }]),
  onCall('unknown_call', 'a call that was not asked about', ['x', approve]),
];

function world(): World {
  const rows = ['u', 'i', 'v', 'e'].map((id) => request(id, 'write_file', edit));
  const only: ActionRequest = { ...request('n', 'write_file', edit), allowedDecisions: ['reject'] };
  const requests = [...rows, only, request('c', 'run_command', command)];
  const decisions = Object.fromEntries(requests.map(({ callId }) => [callId, approve]));
  return {
    submission: { actionId: 'a1', decisions: { ...decisions, n: { type: 'reject' } } },
    facts: facts({ action: action({ requests }) }),
  };
}

function refusalAfter(...guards: Guard[]): string {
  const { submission, facts: known } = broken(...guards);
  const checked = checkSubmission(submission, known);
  assert.ok(!checked.ok, guards.map(({ breaks }) => breaks).join(' and '));
  assert.match(checked.refusal.message, /\.$/, 'a sentence');
  return checked.refusal.code;
}

function broken(...guards: Guard[]): World {
  const made = world();
  for (const one of guards) one.apply(made);
  return made;
}

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

  it('lets a batch pass in which nothing is wrong', () => {
    const { submission, facts: known } = world();
    assert.ok(checkSubmission(submission, known).ok);
  });

  for (const [index, one] of GUARDS.entries()) {
    it(`${index + 1}. ${one.code}: ${one.breaks}`, () => {
      assert.equal(refusalAfter(one), one.code);
    });
  }

  it('accepts exactly the drift that is there', () => {
    const drifted = facts({ drift: DRIFT });
    const refused = checkSubmission(good, drifted);
    assert.ok(!refused.ok);
    assert.equal(refused.refusal.drift, 'drifted');
    assert.ok(!checkSubmission({ ...good, drift: 'other' }, drifted).ok);
    assert.match(refused.refusal.message, /The tool x is gone\./);
    assert.ok(checkSubmission({ ...good, drift: 'drifted' }, drifted).ok);
    assert.ok(checkSubmission({ ...good, drift: 'drifted' }, facts()).ok, 'it may be gone again');
  });

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

  it('of any two problems the earlier one is named', () => {
    let pairs = 0;
    for (const [index, first] of GUARDS.entries()) {
      for (const second of GUARDS.slice(index + 1)) {
        // What sets the same thing cannot be wrong at once.
        if (first.sets === second.sets) continue;
        pairs += 1;
        const text = `${first.breaks} and ${second.breaks}`;
        assert.equal(refusalAfter(first, second), first.code, text);
        assert.equal(refusalAfter(second, first), first.code, text);
      }
    }
    assert.ok(pairs > 300, `${pairs} pairs`);
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
