import assert from 'node:assert/strict';
import * as entries from '../../../../src/core/ledger/entries.ts';
import { LedgerEntry, type Place } from '../../../../src/core/ledger/entrySchema.ts';
import { MAX_PATCH, MAX_TEXT, sealBody } from '../../../../src/core/ledger/seal.ts';
import {
  EditProposal,
  type ActionRequest,
  type Decision,
  type Proposal,
} from '../../../../src/protocol/calls.ts';
import { systemTexts as texts } from '../../../../src/node/system.ts';
import {
  commandProposal,
  editProposal,
  endTurn,
  newTurn,
  openAction,
  plannedCall,
  request,
  startCall,
} from '../../../contract/storeFixtures.ts';

const place: Place = { host: 'h', pid: 7, user: null };
const by = { place, texts };
const KEY = `${'sk-'}proj-abcdefghijklmnopqrstuvwx`;
const edit = EditProposal.parse({
  ...{ ...editProposal, change: 'modify', newText: 'one\ntwo\nthree\n', baseHash: 'h0' },
});
const editRequest: ActionRequest = { ...request(), tool: 'edit_file', proposal: edit };

/** As it is written and read again; every entry must fit its schema then. */
function sealed(entry: LedgerEntry) {
  const body = JSON.parse(JSON.stringify(sealBody(entry.body, texts))) as unknown;
  return LedgerEntry.parse({ ...entry, body });
}

function decide(decision: Decision, shown: ActionRequest = request()) {
  const action = openAction({ requests: [shown], createdAt: 150 });
  const claim = { actionId: 'a1', decisions: { c1: decision }, decidedBy: 'a window', at: 400 };
  const [entry, ...more] = entries.decided(action, claim, by).map(sealed);
  assert.ok(entry?.kind === 'decision');
  assert.deepEqual(more, []);
  return entry.body;
}

describe('entries of the ledger', () => {
  it('a verdict stands with its rule, layer and what the call would do, without any content (I15)', () => {
    const verdict = { verdict: 'allow', rule: 'edit(*)', layer: 'user', reason: 'ok' } as const;
    const made = entries.callPlanned(plannedCall({ proposal: edit, verdict }), 5, texts);
    const [entry, ...more] = made.map(sealed);
    assert.deepEqual(more, []);
    assert.ok(entry?.kind === 'verdict');
    assert.deepEqual([entry.at, entry.turnId, entry.callId], [5, 'turn1', 'c1']);
    assert.deepEqual(entry.body.verdict, verdict);
    assert.deepEqual(entry.body.proposal, {
      ...{ kind: 'edit', target: '/w/a.txt', change: 'modify', baseHash: 'h0', newHash: 'h1' },
      ...{ added: 1, removed: 0 },
    });
    assert.ok(!JSON.stringify(entry).includes('two'));
  });

  it('a call that will never run has its outcome at once', () => {
    const blocked = { state: 'blocked', outcome: 'invalid', result: 'no such tool' } as const;
    const row = plannedCall({ ...blocked, proposal: null, proposalHash: null, verdict: null });
    const [verdict, outcome] = entries.callPlanned(row, 5, texts).map(sealed);
    assert.ok(verdict?.kind === 'verdict' && outcome?.kind === 'outcome');
    assert.equal(verdict.body.verdict, null);
    assert.equal(outcome.body.text, 'no such tool');
    assert.equal(outcome.body.durationMs, undefined);
  });

  it('names the environment variables of a command, not their values', () => {
    const proposal = { ...commandProposal, env: { TOKEN: 'hunter2', CI: '1' } } as Proposal;
    const [entry] = entries.callPlanned(plannedCall({ proposal }), 5, texts).map(sealed);
    assert.ok(entry?.kind === 'verdict');
    assert.deepEqual(entry.body.proposal?.env, ['CI', 'TOKEN']);
    assert.ok(!JSON.stringify(entry).includes('hunter2'));
  });

  it('a decision says who, where, when and how long after it was shown', () => {
    const body = decide({ type: 'approve' });
    assert.deepEqual(body, {
      ...{ actionId: 'a1', actionKind: 'tool_approval', tool: 'run_command', decision: 'approve' },
      ...{ proposalHash: 'p1', by: 'a window', place, shownAt: 150, decidedAt: 400 },
      latencyMs: 250,
    });
  });

  it('a decision carries what the human wrote', () => {
    assert.equal(decide({ type: 'reject', reason: 'not like this' }).text, 'not like this');
    assert.equal(decide({ type: 'reject', stop: true }).stop, true);
    assert.equal(decide({ type: 'respond', text: 'half up' }).text, 'half up');
    assert.equal(decide({ type: 'mark_done', output: 'it is there' }).text, 'it is there');
    assert.equal(decide({ type: 'run_again' }).text, undefined);
  });

  it('an edited text stands as the exact patch on what was shown', () => {
    const { patch } = decide({ type: 'edit', content: 'one\n2\nthree\n' }, editRequest);
    assert.ok(typeof patch === 'string');
    assert.match(patch, /^--- a\.txt\n\+\+\+ a\.txt$/m);
    assert.match(patch, /^ one\n-two\n\+2\n three$/m);
    assert.equal(
      decide({ type: 'edit', content: 'one\ntwo\nthree\n' }, editRequest).patch,
      undefined,
    );
  });

  it('edited arguments stand as a patch of each that differs, texts line by line', () => {
    const shown = { ...editRequest, args: { path: 'a', content: 'one\ntwo\n', n: 1 } };
    const args = { path: 'a', content: 'one\n2\n', n: 2, extra: true };
    const { patch } = decide({ type: 'edit', args }, shown);
    assert.ok(typeof patch === 'string');
    assert.match(patch, /--- arguments\/content\n[^]*^ one\n-two\n\+2$/m);
    assert.match(patch, /--- arguments\/n\n[^]*^-1\n/m);
    assert.match(patch, /--- arguments\/extra\n[^]*^\+true\n/m);
    assert.ok(!patch.includes('arguments/path'));
  });

  it('decisions for calls that were not shown, and names of Object.prototype, give no entry', () => {
    const action = openAction({ requests: [request('constructor'), request('c2')] });
    const claim = { actionId: 'a1', decisions: { zz: { type: 'approve' as const } } };
    const made = entries.decided(action, { ...claim, decidedBy: 'w', at: 1 }, by);
    assert.deepEqual(made, []);
  });

  it('a start says what runs in place of what was planned, and what policy says of it now', () => {
    const proposal = { ...edit, newText: 'one\n2\nthree\n' };
    const planned = plannedCall({ proposal: edit });
    const verdict = { verdict: 'allow', rule: 'edit', layer: 'user', reason: 'now ok' } as const;
    const entry = sealed(entries.callStarted(startCall({ proposal, verdict }), planned, by));
    assert.ok(entry.kind === 'started');
    assert.match(JSON.stringify(entry.body.edited?.patch), /-two\\n\+2/);
    assert.deepEqual(entry.body.verdict, verdict);
    const same = startCall({ proposal: edit, proposalHash: 'p1' });
    const again = planned.verdict ? { verdict: planned.verdict } : {};
    const plain = sealed(entries.callStarted({ ...same, ...again }, planned, by));
    assert.deepEqual(plain.body, { tool: 'run_command', proposalHash: 'p1', place });
  });

  it('an outcome holds what a call gave back as hash and length only', () => {
    const move = { turnId: 'turn1', callId: 'c1', outcome: 'ok', at: 250 } as const;
    const result = 'the whole file';
    const row = { tool: 'read_file', startedAt: 200 };
    const done = sealed(entries.callSettled({ ...move, state: 'done', result }, row, texts));
    assert.deepEqual(done.body, {
      ...{ tool: 'read_file', state: 'done', outcome: 'ok', resultLength: 14, durationMs: 50 },
      resultHash: texts.sha256(result),
    });
    const unknown = sealed(entries.callSettled({ ...move, state: 'unknown', result }, row, texts));
    assert.ok(unknown.kind === 'outcome');
    assert.equal(unknown.body.text, result);
  });

  it('a clock that was set back gives no negative times', () => {
    const action = openAction({ createdAt: 500 });
    const claim = { actionId: 'a1', decisions: { c1: { type: 'approve' as const } } };
    const [entry] = entries.decided(action, { ...claim, decidedBy: 'w', at: 400 }, by);
    assert.ok(entry?.kind === 'decision');
    assert.equal(entry.body.latencyMs, 0);
  });

  it('the other moves fit their schemas too', () => {
    const made = [
      entries.turnStarted(newTurn(), place),
      entries.asked(openAction()),
      entries.actionExpired({ id: 'a1', turnId: 'turn1' }, 9),
      entries.callUnstarted({ turnId: 'turn1', callId: 'c1' }, 9, place),
      entries.turnMoved('turn1', { at: 9, from: 'running', to: 'interrupted' }, place),
      entries.turnEnded(endTurn(), ['a1']),
    ];
    assert.deepEqual(
      made.map((entry) => sealed(entry).kind),
      ['turn.started', 'asked', 'expired', 'unstarted', 'turn.moved', 'turn.ended'],
    );
  });
});

describe('sealing', () => {
  it('redacts at every depth, in names too', () => {
    const body = sealBody({ a: [{ [KEY]: `x ${KEY}` }], n: 1, no: null }, texts);
    assert.deepEqual(body, {
      a: [{ '[redacted:api-key]': 'x [redacted:api-key]' }],
      ...{ n: 1, no: null },
    });
  });

  it('keeps texts of 4 KB whole, longer ones as hash, length and head; a secret is gone before', () => {
    const long = `${KEY}${'é'.repeat(MAX_TEXT)}`;
    const whole = 'x'.repeat(MAX_TEXT);
    const left = long.replace(KEY, '[redacted:api-key]');
    assert.deepEqual(sealBody({ long, whole }, texts), {
      long: { sha256: texts.sha256(left), length: left.length, head: left.slice(0, 512) },
      whole,
    });
  });

  it('keeps a patch whole up to its own limit', () => {
    const patch = 'p'.repeat(MAX_PATCH);
    assert.deepEqual(sealBody({ patch }, texts), { patch });
    const cut = JSON.stringify(sealBody({ patch: `${patch}p` }, texts));
    assert.ok(cut.length < 1000);
  });

  it('mends halves of surrogate pairs, also where a text is cut', () => {
    const body = sealBody(
      { half: 'a\ud800b', long: `${'x'.repeat(511)}${'😀'.repeat(3000)}` },
      texts,
    );
    assert.equal(JSON.stringify(body).includes('\\ud8'), false);
  });
});
