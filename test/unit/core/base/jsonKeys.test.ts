import assert from 'node:assert/strict';
import fc from 'fast-check';
import { keyProblem } from '../../../../src/core/base/jsonKeys.ts';

describe('keyProblem', () => {
  for (const [json, problem] of [
    ['{"a":1,"a":2}', 'a stands there twice'],
    ['{"a":1,"\\u0061":2}', 'a stands there twice'],
    ['{"a":{"b":1,"c":{},"b":2}}', 'a.b stands there twice'],
    ['[{"x":0},{"a":[1,{"b":1,"b":1}]}]', '[].a.[].b stands there twice'],
    ['{"a":"{\\"a\\":1}","b":"\\\\","a":1}', 'a stands there twice'],
    ['{"":1,"":2}', ' stands there twice'],
    ['{"a":{"__proto__":{}}}', 'a.__proto__ cannot be used as a name'],
    [' { "a" : 1 ,\n "b" : 2 , "a" : 3 } ', 'a stands there twice'],
  ] as const) {
    it(`${json}: ${problem}`, () => {
      JSON.parse(json);
      assert.equal(keyProblem(json), problem);
    });
  }

  for (const json of [
    '{"a":{"a":{"a":1}},"b":{"a":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":["a","a"],"b":"a"}',
    '{"a":"x\\",\\"a\\":1","b":"}{"}',
    '"a"',
    'null',
    '{}',
  ]) {
    it(`${json}: nothing`, () => {
      JSON.parse(json);
      assert.equal(keyProblem(json), undefined);
    });
  }

  it('any JSON that was written from a value has no problem', () => {
    const key = fc.string().filter((name) => name !== '__proto__');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.array(tie('value')),
        fc.dictionary(key, tie('value')),
      ),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2), (made, indent) => {
        assert.equal(keyProblem(JSON.stringify(made, null, indent)), undefined);
      }),
    );
  });

  it('a member that is doubled anywhere is found (HB16)', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.json(), { minKeys: 1 }), fc.nat(), (made, pick) => {
        const entries = Object.entries(made).map(([key, json]) => `${JSON.stringify(key)}:${json}`);
        const doubled = entries[pick % entries.length] ?? '';
        assert.notEqual(keyProblem(`[{${[...entries, doubled].join(',')}}]`), undefined);
      }),
    );
  });

  it('is quick on a large text', () => {
    const json = JSON.stringify({ a: '\\"\n'.repeat(500_000), b: 1 });
    const from = performance.now();
    assert.equal(keyProblem(json), undefined);
    assert.ok(performance.now() - from < 2000);
  });
});
