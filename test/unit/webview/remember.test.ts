// What a card makes of the host's offer to remember an approval.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Remember, rememberText, type RememberOffer } from '../../../src/protocol/consent.ts';
import { decidedCall } from '../../../src/protocol/decided.ts';
import { CardDraft } from '../../../src/protocol/drafts.ts';
import { cardPart, emptyDraft, fromStored } from '../../../webview/drafts.ts';
import {
  allowsText,
  canRemember,
  endChoices,
  endOf,
  rememberApproval,
  remembered,
  withEnd,
} from '../../../webview/remember.ts';
import { decisionText } from '../../../webview/review.ts';
import { commandRequest } from '../../browser/webview/samples.ts';

const offer: RememberOffer = {
  rules: ['shell(npm test)'],
  scopes: ['turn', 'thread', 'workspace', 'always'],
};

describe('an approval to be remembered', () => {
  it('is offered for the call as it was proposed only', () => {
    const request = commandRequest('npm test', { remember: offer });
    assert.equal(canRemember(request, emptyDraft), offer);
    assert.equal(canRemember(commandRequest(), emptyDraft), null);
    assert.equal(canRemember(request, { ...emptyDraft, content: 'mine' }), null);
    const fixed = commandRequest('npm test', { remember: offer, allowedDecisions: ['reject'] });
    assert.equal(canRemember(fixed, emptyDraft), null);
  });

  it('is for this thread and without an end, unless the user picks something that is offered', () => {
    assert.deepEqual(remembered(offer, emptyDraft), { scope: 'thread' });
    const picked = { scope: 'always', minutes: 30 } as const;
    assert.deepEqual(remembered(offer, { ...emptyDraft, remember: picked }), picked);
    const narrow: RememberOffer = { ...offer, scopes: ['turn'] };
    const draft = { ...emptyDraft, remember: picked };
    assert.deepEqual(remembered(narrow, draft), { scope: 'turn', minutes: 30 });
  });

  it('every end that can be picked is a decision that the host takes, and reads back as itself', () => {
    const ids = endChoices().map(([id]) => id);
    fc.assert(
      fc.property(
        fc.constantFrom(...offer.scopes),
        fc.constantFrom(...ids),
        fc.constantFrom(...ids),
        (scope, before, id) => {
          const remember = withEnd(withEnd({ scope }, before), id);
          assert.deepEqual(Remember.parse(remember), remember);
          assert.equal(endOf(remember), id);
          assert.equal(remember.scope, scope);
          const stored = cardPart({ ...emptyDraft, form: 'remember', remember });
          const draft = fromStored({ card: CardDraft.parse(stored), content: null });
          assert.deepEqual(remembered(offer, draft), remember);
        },
      ),
    );
  });

  it('says what it will allow, and what was decided', () => {
    assert.match(
      allowsText(offer, { scope: 'turn' }),
      /^What matches this rule .* of this turn, without an end\. /,
    );
    const two = { ...offer, rules: ['a', 'b'] };
    assert.match(allowsText(two, { scope: 'workspace', uses: 5 }), /^What matches these rules /);
    assert.match(allowsText(two, { scope: 'workspace', uses: 5 }), /, for 5 more calls\./);
    assert.match(allowsText(two, { scope: 'thread', minutes: 480 }), /, for 8 hours\./);
    assert.equal(
      decisionText(rememberApproval({ scope: 'always', uses: 20 })),
      'Approved, and remembered: always, everywhere, next 20 calls',
    );
    const lasting = rememberApproval({ scope: 'thread', minutes: 30 });
    assert.equal(
      decidedCall(lasting, { by: 'w', at: 1 }).text,
      'Approved and remembered (this thread, 30 minutes)',
    );
    assert.equal(decidedCall({ type: 'approve' }, { by: 'w', at: 1 }).text, 'Approved');
    assert.equal(rememberText({ scope: 'thread', minutes: 90 }), 'this thread, 90 minutes');
    assert.equal(
      rememberText({ scope: 'turn', minutes: 60, uses: 1 }),
      'this turn, 1 hour, next call',
    );
  });

  it('does not outlive a text of one’s own in the diff editor', () => {
    const decision = rememberApproval({ scope: 'thread' });
    const card = cardPart({ ...emptyDraft, decision });
    assert.equal(fromStored({ card, content: 'mine' }).decision, null);
    assert.deepEqual(fromStored({ card, content: null }).decision, decision);
  });
});
