// Positions in settings files: what they point at is what the rule says, whatever the file looks like.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findLists } from '../../../src/node/settingsPositions.ts';

const DENY = 'countersign.approval.deny';
const shown = (
  text: string,
  at: (string | number)[],
  span: [number, number] | null = null,
): string => {
  const [list] = findLists(text, false);
  assert.ok(list);
  const { from, to } = list.rangeOf(at, span && { from: span[0], to: span[1] });
  return text.slice(from, to);
};

describe('positions in a settings file', () => {
  it('are of entries, of their parts, and within strings behind escapes', () => {
    const text = `{ // why
      "${DENY}": ["a\\u0062\\n\\"c(", { "rule": "shell(x", "match": ["one", 2], },],
    }`;
    assert.equal(shown(text, [0]), '"a\\u0062\\n\\"c("');
    assert.equal(shown(text, [0], [1, 3]), '\\u0062\\n');
    assert.equal(shown(text, [0], [3, 6]), '\\"c(');
    assert.equal(shown(text, [1, 'rule'], [5, 7]), '(x');
    assert.equal(shown(text, [1, 'match', 1]), '2');
    assert.equal(shown(text, [1, 'expires']), '{ "rule": "shell(x", "match": ["one", 2], }');
    assert.match(shown(text, []), /^\[.*\]$/s);
  });

  it('are found in nested form, twice, and below "settings"', () => {
    const nested =
      '{"countersign": {"approval": {"deny": ["a"]}}, "countersign.approval": {"allow": ["b"]}}';
    assert.deepEqual(
      findLists(nested, false).map(({ kind, value }) => [kind, value]),
      [
        ['deny', ['a']],
        ['allow', ['b']],
      ],
    );
    assert.equal(findLists(`{"${DENY}": ["a"], "${DENY}": ["b"]}`, false).length, 2);
    assert.equal(findLists(`{"settings": {"${DENY}": ["a"]}}`, true).length, 1);
    assert.equal(findLists(`{"settings": {"${DENY}": ["a"]}}`, false).length, 0);
    for (const text of ['', '[]', '{', 'null', '{"settings": 1}', `{"${DENY}"}`, `{"${DENY}":`]) {
      assert.deepEqual(findLists(text, true), [], text);
      assert.deepEqual(findLists(text, false), [], text);
    }
  });

  it('cut out of any string what was meant', () => {
    const characters = fc.array(
      fc.constantFrom('a', '"', '\\', '\n', '\u{1F9FE}', 'é', '\u2028', '(', '/', '\u0001'),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(characters, fc.nat(12), fc.nat(12), (parts, a, b) => {
        const value = parts.join('');
        const from = Math.min(a, b, value.length);
        const to = Math.min(Math.max(a, b), value.length);
        const text = JSON.stringify({ [DENY]: [value] }, null, 2);
        const [list] = findLists(text, false);
        const range = list?.rangeOf([0], { from, to });
        assert.ok(range && range.from >= 0 && range.to <= text.length && range.from < range.to);
        if (to === from) return;
        assert.equal(JSON.parse(`"${text.slice(range.from, range.to)}"`), value.slice(from, to));
      }),
      { numRuns: 2000 },
    );
  });

  it('are found or not in any text, without a throw', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      `"${DENY}"`,
      '"a"',
      '"',
      '//',
      '/*',
      '1',
      '\\',
      'null',
      '"settings"',
      '"countersign"',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.boolean(), (pieces, nested) => {
        const text = pieces.join(' ');
        for (const { rangeOf } of findLists(text, nested)) {
          const { from, to } = rangeOf([0, 'rule'], { from: 1, to: 9 });
          assert.ok(from >= 0 && from < to && to <= text.length + 1);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
