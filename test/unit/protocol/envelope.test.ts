import assert from 'node:assert/strict';
import fc from 'fast-check';
import { unwrap, wrap } from '../../../src/protocol/envelope.ts';

describe('the envelope of a page’s messages', () => {
  it('gives the message back to the host that gave the key', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (message) => {
        assert.deepEqual(unwrap('key', wrap('key', message)), { message });
      }),
    );
  });

  it('is refused without the key, with another, with more in it, and by a host without one (U14)', () => {
    const message = { type: 'stop', requestId: 1 };
    const refused: unknown[] = [
      message,
      { message },
      { page: '', message },
      { page: 'other', message },
      { page: ['key'], message },
      { page: 'key', message, approve: true },
      JSON.stringify(wrap('key', message)),
      null,
      undefined,
    ];
    for (const raw of refused) assert.equal(unwrap('key', raw), undefined, JSON.stringify(raw));
    assert.equal(unwrap('', wrap('', message)), undefined);
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        assert.equal(unwrap('a key that nothing guesses', raw), undefined);
      }),
    );
  });
});
