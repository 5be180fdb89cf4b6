import assert from 'node:assert/strict';
import {
  draftKey,
  draftOf,
  emptyDraft,
  loadDrafts,
  saveDrafts,
  withDraft,
  withoutAction,
  type Drafts,
} from '../../../webview/drafts.ts';
import { action, commandRequest, editRequest } from '../../browser/webview/samples.ts';

const none: Drafts = { composer: '', cards: new Map() };
const command = commandRequest();
const shown = action([command, editRequest()]);

describe('webview drafts', () => {
  it('come back from the saved state', () => {
    const draft = { ...emptyDraft, form: 'reject' as const, reason: 'not like this' };
    const drafts = withDraft({ ...none, composer: 'next' }, draftKey(shown, command), draft);
    const again = loadDrafts(JSON.parse(JSON.stringify(saveDrafts(drafts))));
    assert.equal(again.composer, 'next');
    assert.deepEqual(draftOf(again, shown, command), draft);
  });

  it('belong to the proposal as it was shown', () => {
    const drafts = withDraft(none, draftKey(shown, command), {
      ...emptyDraft,
      decision: { type: 'approve' },
    });
    assert.equal(draftOf(drafts, shown, { ...command, proposalHash: 'other' }).decision, null);
    assert.equal(draftOf(drafts, { ...shown, actionId: 'a2' }, command).decision, null);
  });

  it('go with their action, and only with it', () => {
    const other = { ...shown, actionId: 'a10' };
    const both = withDraft(
      withDraft(none, draftKey(shown, command), emptyDraft),
      draftKey(other, command),
      emptyDraft,
    );
    assert.deepEqual([...withoutAction(both, 'a1').cards.keys()], [draftKey(other, command)]);
    assert.equal(withoutAction(both, 'a'), both);
  });

  it('count as none when the saved state cannot be read', () => {
    for (const saved of [
      undefined,
      null,
      5,
      'x',
      {},
      { version: 2, composer: '', cards: [] },
      { version: 1, cards: 'x' },
    ]) {
      assert.deepEqual(loadDrafts(saved), none);
    }
  });

  it('are bounded: the oldest cards go, a text too large is left out whole', () => {
    let drafts = none;
    for (let n = 0; n < 250; n += 1) drafts = withDraft(drafts, `k${n}`, emptyDraft);
    assert.equal(drafts.cards.size, 200);
    assert.equal(drafts.cards.has('k49'), false);
    const big = withDraft(drafts, 'big', { ...emptyDraft, content: 'x'.repeat(5_000_000) });
    assert.equal(JSON.stringify(saveDrafts(big)).includes('xxx'), false);
  });
});
