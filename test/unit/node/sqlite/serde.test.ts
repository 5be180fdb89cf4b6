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

  // As published for LangChain and LangGraph (CVE-2025-64439, CVE-2025-68664, CVE-2025-68665, CVE-2026-28277).
  const PAYLOADS: Record<string, unknown> = {
    'a secret of the environment': { lc: 1, type: 'secret', id: ['OPENAI_API_KEY'] },
    'a constructor': {
      lc: 1,
      type: 'constructor',
      id: ['langchain_core', 'messages', 'AIMessage'],
      kwargs: { content: 'x' },
    },
    'a constructor that runs a command': {
      lc: 2,
      type: 'constructor',
      id: ['os', 'system'],
      method: [null],
      args: ['touch /tmp/hit'],
      kwargs: {},
    },
    'a message of the library': {
      lc: 1,
      type: 'constructor',
      id: ['langchain', 'schema', 'HumanMessage'],
      kwargs: { content: { lc: 1, type: 'secret', id: ['HOME'] } },
    },
    'a set and a map of the serializer': { lc: 2, type: 'constructor', id: ['Set'], method: null },
    'an escaped key': { __lc_escaped__: { lc: 1, type: 'secret', id: ['HOME'] } },
    'keys of a prototype': { constructor: { prototype: { x: 1 } }, toString: 1 },
    'a function by name': { $function: 'process.exit', __class__: 'x', toJSON: 'y' },
    'bytes of MessagePack as text': '\u0082\u00a2lc\u0001\u00c7\u0005\u0000',
    'an extension of MessagePack': { type: 'msgpack', data: [199, 5, 0, 99, 111, 115] },
  };
  for (const [name, payload] of Object.entries(PAYLOADS)) {
    it(`${name} stays data (F2)`, async () => {
      const kept = { args: { text: payload, list: [payload, JSON.stringify(payload)] } };
      assert.deepEqual(await trip(kept), kept);
      assert.equal(Object.getPrototypeOf(await trip({})), Object.prototype);
      assert.equal('x' in {}, false);
    });
  }

  it('refuses rows in the formats of other serializers (F2)', async () => {
    const body = JSON.stringify({ lc: 1, type: 'secret', id: ['HOME'] });
    for (const type of ['msgpack', 'pickle', 'yaml', 'json+lc', 'null', 'bytearray']) {
      await assert.rejects(
        async () => plainJsonSerde.loadsTyped(type, body),
        hasCode('store_damaged_row'),
      );
    }
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
