import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { QuestionProposal } from '../../../src/protocol/calls.ts';
import { markedText } from '../../../src/protocol/conflict.ts';
import { displayRuns } from '../../../src/protocol/displayBytes.ts';
import { draftKey, emptyDraft, withDraft, type Drafts } from '../../../webview/drafts.ts';
import {
  answerText,
  approval,
  argsText,
  batchDecisions,
  callTitle,
  canApprove,
  holdsBack,
  parseArgs,
  rejection,
  schemaProblem,
  undecided,
} from '../../../webview/review.ts';
import {
  action,
  commandRequest,
  editRequest,
  questionRequest,
} from '../../browser/webview/samples.ts';

const none: Drafts = { composer: '', attachments: [], cards: new Map() };
const edit = editRequest();
const command = commandRequest();

function question(multiSelect: boolean): QuestionProposal {
  const { proposal } = questionRequest(multiSelect);
  assert.ok(proposal.kind === 'question');
  return proposal;
}

describe('webview review', () => {
  it('approves as it is, or with the text of the diff editor', () => {
    assert.deepEqual(approval(edit, emptyDraft), { type: 'approve' });
    assert.deepEqual(approval(edit, { ...emptyDraft, content: '' }), { type: 'edit', content: '' });
    const noEdit = editRequest({ allowedDecisions: ['approve', 'reject'] });
    assert.equal(canApprove(noEdit, emptyDraft), true);
    assert.equal(canApprove(noEdit, { ...emptyDraft, content: 'x' }), false);
  });

  it('holds a text back that still has its markers, also where the agent’s has none', () => {
    const content = markedText(['one\n', { ours: 'mine\n', before: 'two\n', theirs: 'zwei\n' }]);
    assert.equal(holdsBack(edit, { ...emptyDraft, content }), true);
    assert.equal(holdsBack(edit, { ...emptyDraft, content: 'one\nmine, zwei\n' }), false);
  });

  it('leaves an empty reason out', () => {
    assert.deepEqual(rejection('  '), { type: 'reject' });
    assert.deepEqual(rejection(' no ', true), { type: 'reject', reason: 'no', stop: true });
  });

  it('takes only a JSON object as arguments (H81)', () => {
    assert.deepEqual(parseArgs('{"a":1}'), { ok: true, args: { a: 1 } });
    for (const text of ['', '[]', 'null', '"x"', '{', '[{}]'])
      assert.equal(parseArgs(text).ok, false, text);
  });

  it('shows arguments without hidden characters, and loses none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const text = argsText({ value });
        assert.ok(displayRuns(text, true).every((run) => !run.hidden));
        const parsed = parseArgs(text);
        assert.deepEqual(parsed, { ok: true, args: { value } });
      }),
    );
    assert.match(argsText({ a: '\u202E\u{E0041}' }), /\\u202e\\udb40\\udc41/);
  });

  it('says at once what the schema does not allow', () => {
    const { schema } = command;
    assert.equal(schemaProblem({ command: 'ls' }, schema), undefined);
    assert.match(schemaProblem({}, schema) ?? '', /command.*missing/);
    assert.match(schemaProblem({ command: 'ls', x: 1 }, schema) ?? '', /no argument “x”/);
    assert.match(schemaProblem({ command: 5 }, schema) ?? '', /wrong type/);
    assert.match(schemaProblem({ command: 'ls', timeout_ms: 0.5 }, schema) ?? '', /wrong type/);
    assert.equal(schemaProblem({ anything: 1 }, {}), undefined);
  });

  it('answers with one value, with several, or in free words', () => {
    const one = question(false);
    assert.equal(answerText(one, emptyDraft), null);
    assert.equal(answerText(one, { ...emptyDraft, selected: ['half-up'] }), 'half-up');
    assert.equal(
      answerText(one, { ...emptyDraft, selected: ['half-up'], other: true, freeText: ' mine ' }),
      'mine',
    );
    assert.equal(answerText(one, { ...emptyDraft, selected: ['half-up'], other: true }), null);
    const many = question(true);
    assert.equal(
      answerText(many, { ...emptyDraft, selected: ['bankers', 'half-up'] }),
      'half-up, bankers',
    );
    const both = { ...emptyDraft, selected: ['bankers'], other: true, freeText: 'and mine' };
    assert.equal(answerText(many, both), 'bankers, and mine');
    assert.equal(answerText({ ...one, options: [] }, { ...emptyDraft, freeText: 'x' }), 'x');
    assert.equal(answerText(one, { ...emptyDraft, selected: ['not offered'] }), null);
  });

  it('submits a batch only when every call is decided (HA7, HB7)', () => {
    const both = action([edit, command]);
    const first = withDraft(none, draftKey(both, edit), {
      ...emptyDraft,
      decision: { type: 'approve' },
    });
    assert.equal(batchDecisions(both, first), undefined);
    assert.deepEqual(undecided(both, first), [command]);
    const all = withDraft(first, draftKey(both, command), {
      ...emptyDraft,
      decision: { type: 'reject' },
    });
    assert.deepEqual(batchDecisions(both, all), {
      c1: { type: 'approve' },
      c2: { type: 'reject' },
    });
  });

  it('keeps call ids that are names of an object’s own parts', () => {
    const odd = commandRequest('ls', { callId: '__proto__' });
    const both = action([odd]);
    const drafts = withDraft(none, draftKey(both, odd), {
      ...emptyDraft,
      decision: { type: 'approve' },
    });
    assert.deepEqual(Object.keys(batchDecisions(both, drafts) ?? {}), ['__proto__']);
  });

  it('names calls from their proposals', () => {
    assert.equal(callTitle(edit).phrase, 'edit of src/price.ts');
    assert.equal(callTitle(editRequest({}, { change: 'create' })).kind, 'Create');
    assert.equal(callTitle(command).phrase, 'run of npm test');
  });
});
