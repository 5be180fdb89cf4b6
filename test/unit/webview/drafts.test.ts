import assert from 'node:assert/strict';
import {
  cardPart,
  draftKey,
  draftOf,
  emptyDraft,
  fromStored,
  loadDrafts,
  saveDrafts,
  unusedTexts,
  withDraft,
  withoutAction,
  type Drafts,
} from '../../../webview/drafts.ts';
import { SentDraft } from '../../../src/protocol/drafts.ts';
import { action, commandRequest, editRequest } from '../../browser/webview/samples.ts';

const none: Drafts = { composer: '', attachments: [], cards: new Map() };
const command = commandRequest();
const shown = action([command, editRequest()]);

describe('webview drafts', () => {
  it('of cards are not kept by the view; the message is', () => {
    const draft = { ...emptyDraft, form: 'reject' as const, reason: 'not like this' };
    const drafts = withDraft({ ...none, composer: 'next' }, draftKey(shown, command), draft);
    const saved = JSON.stringify(saveDrafts(drafts));
    assert.equal(saved.includes('not like this'), false);
    const again = loadDrafts(JSON.parse(saved));
    assert.equal(again.composer, 'next');
    assert.deepEqual(draftOf(again, shown, command), emptyDraft);
  });

  it('come back from the host as they were; an empty one is none', () => {
    const draft = { ...emptyDraft, form: 'reject' as const, reason: 'no', content: 'mine' };
    const card = SentDraft.parse(cardPart(draft));
    assert.deepEqual(fromStored({ card, content: 'mine' }), draft);
    assert.equal(cardPart({ ...emptyDraft, content: 'mine' }), null);
    assert.deepEqual(fromStored({ card: null, content: null }), emptyDraft);
  });

  it('hold no decision about another text than the one that stands there', () => {
    const approve = { ...emptyDraft, decision: { type: 'approve' as const } };
    const edit = { ...emptyDraft, decision: { type: 'edit' as const, content: 'mine' } };
    const cases = [
      [approve, null, true],
      [approve, 'mine', false],
      [edit, 'mine', true],
      [edit, 'mine, too', false],
      [edit, null, false],
      [{ ...emptyDraft, decision: { type: 'edit' as const, args: {} } }, 'mine', true],
      [{ ...emptyDraft, decision: { type: 'reject' as const } }, 'mine', true],
    ] as const;
    for (const [draft, content, stands] of cases) {
      const { decision } = fromStored({ card: cardPart(draft), content });
      assert.deepEqual(decision, stands ? draft.decision : null);
    }
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

  it('tell what of them a decision does not carry', () => {
    const draft = {
      ...emptyDraft,
      ...{ reason: 'why', respond: ' said ', args: '{ "a": 1 }', content: 'text', selected: ['x'] },
    };
    const without = (text: string): string[] =>
      ['why', 'said', '{ "a": 1 }', 'text', 'x'].filter((known) => known !== text);
    assert.deepEqual(unusedTexts(draft, { type: 'approve' }), without(''));
    assert.deepEqual(unusedTexts(draft, undefined), without(''));
    assert.deepEqual(unusedTexts(draft, { type: 'reject', reason: 'why' }), without('why'));
    assert.deepEqual(unusedTexts(draft, { type: 'respond', text: 'said' }), without('said'));
    assert.deepEqual(unusedTexts(draft, { type: 'edit', args: { a: 1 } }), without('{ "a": 1 }'));
    assert.deepEqual(unusedTexts(emptyDraft, { type: 'approve' }), []);
  });

  it('count as none when the saved state cannot be read', () => {
    for (const saved of [
      undefined,
      null,
      5,
      'x',
      {},
      { version: 1, composer: 'x', cards: [] },
      { version: 2, cards: 'x' },
      { actionId: 'a1' },
    ]) {
      assert.deepEqual(loadDrafts(saved), none);
    }
  });

  it('are refused by the host when they are too large, or hold something else', () => {
    const card = cardPart({ ...emptyDraft, reason: 'x' });
    assert.ok(SentDraft.safeParse(card).success);
    const big = 'x'.repeat(4_000_000);
    assert.equal(SentDraft.safeParse({ ...card, reason: `${big}${big}` }).success, false);
    assert.equal(
      SentDraft.safeParse({ ...card, reason: big, respond: big, args: big }).success,
      false,
    );
    assert.equal(SentDraft.safeParse({ ...card, content: 'x' }).success, false);
  });
});
