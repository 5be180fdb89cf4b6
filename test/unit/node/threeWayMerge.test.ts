import assert from 'node:assert/strict';
import fc from 'fast-check';
import { threeWayMerge } from '../../../src/node/threeWayMerge.ts';

const lines = (...all: (string | number)[]): string => all.map((line) => `${line}\n`).join('');

describe('threeWayMerge', () => {
  const CASES: [string, string[], { text: string; clean: boolean }][] = [
    ['changes apart', ['abcd', 'aBcd', 'abcD'], { text: 'aBcD', clean: true }],
    ['the same change twice', ['abc', 'aXc', 'aXc'], { text: 'aXc', clean: true }],
    ['only theirs', ['abc', 'abc', 'aXc'], { text: 'aXc', clean: true }],
    ['only ours', ['abc', 'aXc', 'abc'], { text: 'aXc', clean: true }],
    ['the same line', ['abc', 'aXc', 'aYc'], { text: 'aXc', clean: false }],
    ['adjoining lines', ['abcd', 'aXcd', 'abYd'], { text: 'aXcd', clean: false }],
    ['two insertions at one place', ['ab', 'aXb', 'aYb'], { text: 'aXb', clean: false }],
    ['a removal and a change of it', ['abc', 'ac', 'aXc'], { text: 'ac', clean: false }],
    [
      'a conflict beside a change apart',
      ['abcde', 'Xbcde', 'YbcdE'],
      { text: 'XbcdE', clean: false },
    ],
    ['two new files', ['', 'X', 'Y'], { text: 'X', clean: false }],
  ];
  for (const [title, [base = '', ours = '', theirs = ''], expected] of CASES) {
    it(title, () => {
      const [o, a, b] = [base, ours, theirs].map((text) => lines(...text));
      const { marked, ...merged } = threeWayMerge(o ?? '', a ?? '', b ?? '');
      assert.equal(marked === merged.text, merged.clean);
      assert.deepEqual(merged, { ...expected, text: lines(...expected.text) });
    });
  }

  it('keeps line ends and a missing last one as they are', () => {
    const merged = threeWayMerge('a\r\nb\r\nc\r\nd', 'A\r\nb\r\nc\r\nd', 'a\r\nb\r\nc\r\nd\r\n');
    const text = 'A\r\nb\r\nc\r\nd\r\n';
    assert.deepEqual(merged, { text, clean: true, marked: text });
  });

  it('names of Object.prototype are lines like any other', () => {
    const base = lines('constructor', 'x', '__proto__', 'y', 'toString');
    const ours = lines('constructor', 'X', '__proto__', 'y', 'toString');
    const theirs = lines('constructor', 'x', '__proto__', 'y', 'valueOf');
    const text = lines('constructor', 'X', '__proto__', 'y', 'valueOf');
    assert.deepEqual(threeWayMerge(base, ours, theirs), { text, clean: true, marked: text });
  });

  it('merges a long file with many equal lines, and gives up on one of nothing else', () => {
    const code = Array.from({ length: 20_000 }, (_, at) => (at % 4 === 0 ? `line ${at}` : '}'));
    const change = (at: number, line: string): string =>
      lines(...code.map((was, index) => (index === at ? line : was)));
    const merged = threeWayMerge(lines(...code), change(3, 'ours'), change(19_990, 'theirs'));
    assert.ok(merged.clean && merged.text.includes('ours') && merged.text.includes('theirs'));
    const same = '\n'.repeat(50_000);
    const started = performance.now();
    const given = threeWayMerge(same, `ours\n${same}`, `${same}theirs\n`);
    assert.deepEqual([given.text, given.clean], [`ours\n${same}`, false]);
    assert.ok(performance.now() - started < 2_000);
  });

  const change = fc.record({ at: fc.nat(), remove: fc.nat(2), insert: fc.nat(2) });
  type Change = { at: number; remove: number; insert: number };

  /** What `changes` make of the lines, with inserted lines that occur nowhere else. */
  function changed(base: readonly string[], changes: readonly Change[], mark: string): string[] {
    const result = [...base];
    for (const [number, { at, remove, insert }] of changes.entries()) {
      const added = Array.from({ length: insert }, (_, index) => `${mark}${number}.${index}\n`);
      result.splice(at % (result.length + 1), remove, ...added);
    }
    return result;
  }

  it('a clean merge holds what each side added and nothing of what either removed', () => {
    let clean = 0;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c', '', '}'), { maxLength: 40 }),
        fc.array(change, { maxLength: 4 }),
        fc.array(change, { maxLength: 4 }),
        (words, one, two) => {
          // Half of the lines are unique, the others occur often.
          const base = words.map((word, index) => (index % 2 ? `${word}\n` : `${index}${word}\n`));
          const [ours, theirs] = [changed(base, one, 'ours'), changed(base, two, 'theirs')];
          const merged = threeWayMerge(base.join(''), ours.join(''), theirs.join(''));
          const now: string[] = merged.text.match(/[^\n]*\n/g) ?? [];
          const added = (side: string[]): string[] => side.filter((line) => !base.includes(line));
          for (const line of added(ours)) assert.ok(now.includes(line), 'ours always stands');
          if (!merged.clean) return;
          clean += 1;
          for (const line of added(theirs)) assert.ok(now.includes(line), 'nothing is lost');
          const unique = base.filter((line) => base.indexOf(line) === base.lastIndexOf(line));
          for (const line of unique) {
            const kept = ours.includes(line) && theirs.includes(line);
            assert.equal(now.includes(line), kept, line);
          }
          const swapped = threeWayMerge(base.join(''), theirs.join(''), ours.join(''));
          assert.deepEqual(swapped, merged, 'a clean merge does not depend on whose side it is');
        },
      ),
      { numRuns: 2_000 },
    );
    assert.ok(clean > 200, `${clean} clean merges`);
  });
});
