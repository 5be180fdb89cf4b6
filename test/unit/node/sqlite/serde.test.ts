import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePlainJson } from '../../../../src/node/sqlite/plainJson.ts';
import { plainJsonSerde } from '../../../../src/node/sqlite/serde.ts';
import { hasCode } from './support.ts';

const trip = async (value: unknown): Promise<unknown> => {
  const [type, data] = await plainJsonSerde.dumpsTyped(value);
  return plainJsonSerde.loadsTyped(type, data);
};

describe('plain JSON', () => {
  it('gives every JSON value back, members called __proto__ left out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const text = JSON.stringify(value);
        const expected: unknown = text.includes('__proto__')
          ? parsePlainJson(text)
          : JSON.parse(text);
        assert.deepEqual(await trip(value), expected);
      }),
    );
  });

  it('drops the prototype key at any depth and however it is spelt', () => {
    for (const key of ['__proto__', '\\u005f_proto__', '__pr\\u006Fto__']) {
      const value = parsePlainJson(`[{"a":{"${key}":{"evil":1},"b":"__proto__"}}]`);
      assert.equal(JSON.stringify(value), '[{"a":{"b":"__proto__"}}]');
    }
  });

  it('keeps undefined, and makes data of an error', async () => {
    assert.equal(await trip(undefined), undefined);
    assert.deepEqual(await trip({ e: new TypeError('x') }), {
      e: { name: 'TypeError', message: 'x' },
    });
  });

  it('refuses what JSON would change silently', async () => {
    for (const value of [new Map(), new Set(), new Uint8Array(2), 1n]) {
      await assert.rejects(async () => trip({ value }), hasCode('store_failed', 'plain JSON'));
    }
  });

  it('refuses a type it did not write, and text that is not JSON', async () => {
    for (const [type, text] of [
      ['bytes', '1'],
      ['json', '{oops'],
      ['json', '['.repeat(200_000)],
    ] as const) {
      await assert.rejects(
        async () => plainJsonSerde.loadsTyped(type, text),
        hasCode('store_damaged_row'),
      );
    }
  });
});
