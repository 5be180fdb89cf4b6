import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createOutputCapture } from '../../../../src/core/base/outputCapture.ts';

describe('createOutputCapture', () => {
  it('keeps everything up to the limit', () => {
    const capture = createOutputCapture(10);
    for (const chunk of ['abc', '', 'defgh', 'ij']) capture.push(chunk);
    assert.equal(capture.text(), 'abcdefghij');
    assert.equal(capture.shortened, false);
  });

  it('keeps head and tail beyond it and says how much is left out', () => {
    const capture = createOutputCapture(10);
    capture.push('0123456789');
    capture.push('abcdefghijklmnop');
    assert.equal(capture.shortened, true);
    assert.equal(capture.text(), '01234\n[… 16 characters left out …]\nlmnop');
  });

  it('splits no character', () => {
    const capture = createOutputCapture(6);
    capture.push('ab😀😀😀😀😀yz');
    assert.equal(capture.text(), 'ab\n[… 10 characters left out …]\nyz');
  });

  it('does not depend on how the output was cut into chunks (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 30 })), fc.nat(60), (chunks, limit) => {
        const many = createOutputCapture(limit);
        for (const chunk of chunks) many.push(chunk);
        const one = createOutputCapture(limit);
        one.push(chunks.join(''));
        assert.equal(many.text(), one.text());
        assert.equal(many.shortened, chunks.join('').length > limit);
      }),
    );
  });
});
