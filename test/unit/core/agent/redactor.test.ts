import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRedactor, type Redactor } from '../../../../src/core/agent/redactor.ts';

const KEY = 'abcabcabcabcabd';
const knowing = (...secrets: string[]): Redactor => {
  const redactor = createRedactor();
  secrets.forEach((secret) => redactor.add(secret));
  return redactor;
};

describe('redactor', () => {
  it('takes every known secret out, and only from when it is known', () => {
    const redactor = createRedactor();
    assert.equal(redactor.text(KEY), KEY);
    redactor.add(KEY);
    redactor.add('another-secret');
    redactor.add(undefined);
    assert.equal(
      redactor.text(`a ${KEY}${KEY} another-secret`),
      'a [redacted:api-key][redacted:api-key] [redacted:api-key]',
    );
  });

  it('leaves the words alone that stand for no key', () => {
    assert.equal(knowing('', 'none', 'ollama').text('none of ollama'), 'none of ollama');
  });

  it('finds a secret in a stream wherever it is cut, and loses nothing else', () => {
    const part = fc.oneof(fc.constant(KEY), fc.string(), fc.stringMatching(/^[abcd]{0,20}$/));
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.nat(30)), (parts, cuts) => {
        const redactor = knowing(KEY);
        const whole = parts.join('');
        const pieces: string[] = [];
        const stream = redactor.stream((piece) => pieces.push(piece));
        let from = 0;
        for (const size of [...cuts, whole.length]) {
          stream.write(whole.slice(from, from + size));
          from += size;
        }
        stream.end();
        assert.equal(pieces.join(''), redactor.text(whole));
        assert.ok(!pieces.includes(''));
      }),
    );
  });
});
