// Which changes of an edit a card lets the user choose among, and what Approve sends for the choice.
import assert from 'node:assert/strict';
import { decidedCall, decisionsText } from '../../../src/protocol/decided.ts';
import { cardPart, emptyDraft, fromStored, sameValues } from '../../../webview/drafts.ts';
import { choices, hunkPlace, keptHunks, withChoice } from '../../../webview/hunks.ts';
import { approval, decisionText, keepsNothing } from '../../../webview/review.ts';
import { canRemember } from '../../../webview/remember.ts';
import { hunksRequest } from '../../browser/webview/samples.ts';

const edit = hunksRequest();
const dropped = (...positions: number[]) => ({ ...emptyDraft, dropped: positions });

describe('hunks on a card', () => {
  it('can be chosen among where the card shows them, there are several and an edit is allowed', () => {
    assert.equal(choices(edit, emptyDraft).length, 3);
    assert.deepEqual(choices(hunksRequest({ before: null }), emptyDraft), []);
    assert.deepEqual(choices(hunksRequest({ allowedDecisions: ['reject'] }), emptyDraft), []);
    assert.deepEqual(choices(edit, { ...emptyDraft, content: 'mine' }), []);
    const { proposal } = edit;
    assert.ok(proposal.kind === 'edit');
    const one = { ...edit, proposal: { ...proposal, hunks: proposal.hunks?.slice(0, 1) } };
    assert.deepEqual(choices(one, emptyDraft), []);
  });

  it('Approve sends the kept ones, a plain approval when all are, and nothing when none is', () => {
    assert.deepEqual(approval(edit, emptyDraft), { type: 'approve' });
    assert.deepEqual(approval(edit, dropped()), { type: 'approve' });
    assert.deepEqual(approval(edit, dropped(1)), { type: 'edit', hunks: [0, 2] });
    assert.equal(keepsNothing(edit, dropped(1)), false);
    assert.equal(keepsNothing(edit, dropped(0, 1, 2)), true);
    assert.deepEqual(keptHunks(edit, dropped(0, 1, 2)), []);
  });

  it('a text of one’s own stands in their place, and nothing of a choice is remembered', () => {
    const mine = { ...dropped(1), content: 'mine' };
    assert.deepEqual(approval(edit, mine), { type: 'edit', content: 'mine' });
    const offered = hunksRequest({ remember: { rules: ['edit(a)'], scopes: ['turn'] } });
    assert.notEqual(canRemember(offered, emptyDraft), null);
    assert.equal(canRemember(offered, dropped(1)), null);
  });

  it('a tick changes one position and keeps them in order', () => {
    assert.deepEqual(withChoice([2], 0, false), [0, 2]);
    assert.deepEqual(withChoice([0, 2], 0, true), [2]);
    assert.deepEqual(withChoice([0], 0, false), [0]);
  });

  it('say where they are', () => {
    assert.equal(
      hunkPlace({ oldStart: 3, oldLines: 1, newStart: 11, newLines: 3 }),
      'lines 12 to 14',
    );
    assert.equal(hunkPlace({ oldStart: 3, oldLines: 1, newStart: 4, newLines: 0 }), 'line 4');
  });

  it('a decision that was picked goes with the choice it was picked for', () => {
    const decision = { type: 'edit' as const, hunks: [0, 2] };
    const fits = (draft: typeof emptyDraft): boolean =>
      fromStored({ card: cardPart(draft), content: draft.content }).decision !== null;
    assert.equal(fits({ ...dropped(1), decision }), true);
    assert.equal(fits({ ...dropped(0), decision }), false);
    assert.equal(fits({ ...emptyDraft, decision }), false);
    assert.equal(fits({ ...dropped(1), decision, content: 'mine' }), false);
    assert.equal(fits({ ...dropped(1), decision: { type: 'approve' } }), false);
  });

  it('are part of the draft that the host keeps, in whatever order its parts came to be', () => {
    assert.equal(cardPart(emptyDraft), null);
    assert.deepEqual(cardPart(dropped(1))?.dropped, [1]);
    assert.equal(sameValues({ a: 1, b: [2] }, { b: [2], a: 1 }), true);
    assert.equal(sameValues({ a: 1, b: [2] }, { b: [], a: 1 }), false);
  });

  it('are counted in what was decided, on the card, in the transcript and for others', () => {
    const decision = { type: 'edit' as const, hunks: [0, 2, 4] };
    assert.equal(decisionText(decision, 5), 'Approved, 3 of 5 changes');
    assert.equal(decidedCall(decision, { by: 'w', at: 1 }, 5).text, 'Approved 3 of 5 changes');
    assert.equal(
      decisionsText({ decisions: { c: decision }, hunks: { c: 5 } }),
      'approved 3 of 5 changes',
    );
    const both = { c: decision, d: { type: 'approve' as const } };
    assert.equal(
      decisionsText({ decisions: both, hunks: { c: 5 } }),
      'approved in part 1 call, approved 1',
    );
  });
});
