// The review of a workspace's allow list: every rule and every character of it, and what the deciding dialog holds.
import assert from 'node:assert/strict';
import { reviewDialog, reviewText } from '../../../src/vscode/allowListText.ts';
import type { AllowListReview } from '../../../src/core/policy/allowListDesk.ts';

const review = (more: Partial<AllowListReview> = {}): AllowListReview => ({
  hash: 'ab'.repeat(32),
  entries: [
    { text: '"shell(ls)"', added: false },
    { text: '"shell(id\u202e)"', added: true },
  ],
  removed: ['"edit(\u200bsrc/**)"'],
  problems: [{ index: 1, message: 'It is wrong.', severity: 'error' }],
  said: null,
  seenBefore: true,
  ...more,
});

describe('the review of a workspace’s allow list', () => {
  it('shows every rule, what is new and gone, what is wrong, the hidden characters and the hash', () => {
    const text = reviewText(review());
    assert.match(text, /^ {2}"shell\(ls\)"$/m);
    assert.match(text, /^\+ "shell\(id\\u\{202E\}\)"$/m);
    assert.match(text, /^ {6}error: It is wrong\. It allows nothing\.$/m);
    assert.match(text, /^- "edit\(\\u\{200B\}src\/\*\*\)"$/m);
    assert.match(text, /1 new \(\+\) and 1 gone \(-\)/);
    assert.match(text, /They do not count: you have not acknowledged/);
    assert.ok(text.includes('ab'.repeat(32)));
  });

  it('marks nothing when nothing was looked at before, and says what was said of this list', () => {
    const text = reviewText(review({ seenBefore: false, removed: [] }));
    assert.doesNotMatch(text, /^[+-] /m);
    assert.match(reviewText(review({ said: 'accepted' })), /They count: you acknowledged/);
    assert.match(reviewText(review({ said: 'refused' })), /you said to keep asking/);
  });

  it('the dialog holds every line of a short list, and sends to the editor for a long one', () => {
    const short = reviewDialog(review());
    assert.equal(short.complete, true);
    assert.match(short.detail, /shell\(ls\)[^]*\\u\{202E\}[^]*\\u\{200B\}/);
    assert.equal(short.letThem, 'Let These 2 Rules Allow Calls');
    const many = Array.from({ length: 16 }, (_, at) => ({ text: `"shell(${at})"`, added: true }));
    const wide = [{ text: `"shell(${'x'.repeat(1300)})"`, added: true }];
    for (const entries of [many, wide]) {
      const long = reviewDialog(review({ entries, problems: [] }));
      assert.equal(long.complete, false);
      assert.match(long.detail, /^Every rule stands in the editor/);
    }
  });
});
