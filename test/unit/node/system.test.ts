import assert from 'node:assert/strict';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import { createIds, systemTexts } from '../../../src/node/system.ts';

describe('createIds', () => {
  it('gives unique ids that start with the prefix and sort as they were made', () => {
    const times = [5, 5, 5, 9, 7, 7, 1_800_000_000_000];
    let step = 0;
    const ids = createIds({ now: () => times[Math.min(step++, times.length - 1)] ?? 0 });
    const made = Array.from({ length: 3000 }, () => ids.next('t-'));
    assert.deepEqual(made, [...made].sort());
    assert.equal(new Set(made).size, made.length);
    assert.ok(made.every((id) => /^t-[0-9a-z]+$/.test(id)));
  });

  it('differs between processes that start at the same time', () => {
    const clock = { now: () => 1 };
    assert.notEqual(createIds(clock).next('t'), createIds(clock).next('t'));
  });
});

describe('systemTexts', () => {
  const sha256 = (text: string): string => systemTexts.sha256(text);
  const patch = (path: string, before: string, after: string): string =>
    systemTexts.patch(path, before, after);
  const countChanges = (before: string, after: string): { added: number; removed: number } =>
    systemTexts.countChanges(before, after);

  it('hashes the UTF-8 bytes', () => {
    assert.equal(sha256('€'), 'c4cc90ed3d26f12d4b08a75140970a7904035c31cbb4515a83f19b9003c00d1d');
    assert.equal(sha256(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('gives a unified diff with three lines of context', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\n';
    const after = before.replace('e', 'E');
    const text = patch('src/x.ts', before, after);
    assert.match(text, /^--- src\/x\.ts\t?\n\+\+\+ src\/x\.ts\t?\n@@ -2,7 \+2,7 @@\n/m);
    assert.ok(text.endsWith(' b\n c\n d\n-e\n+E\n f\n g\n h\n'));
    assert.equal(patch('x', before, before), '');
  });

  it('counts lines, line endings included', () => {
    assert.deepEqual(countChanges('a\nb\n', 'a\nc\nd\n'), { added: 2, removed: 1 });
    assert.deepEqual(countChanges('', 'a\nb'), { added: 2, removed: 0 });
    assert.deepEqual(countChanges('a\r\nb\r\n', 'a\nb\r\n'), { added: 1, removed: 1 });
    assert.deepEqual(countChanges('a', 'a\n'), { added: 1, removed: 1 });
    assert.deepEqual(countChanges('x', 'x'), { added: 0, removed: 0 });
  });

  it('gives a patch that leads from one text to the other (property)', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', '', 'é😀', '-', '+', '\\ No newline'), { maxLength: 12 })
      .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`));
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after);
        assert.equal(applyPatch(before, patch('f', before, after)), after);
      }),
    );
  });

  it('stays quick and right on large texts that have nothing in common', () => {
    const lines = (letter: string): string =>
      Array.from({ length: 30_000 }, (_, index) => `${letter}${index}\n`).join('');
    const before = `same\n${lines('a')}end`;
    const after = `same\n${lines('b')}end\n`;
    assert.deepEqual(countChanges(before, after), { added: 30_001, removed: 30_001 });
    assert.equal(applyPatch(before, patch('f', before, after)), after);
  }).timeout(20_000);

  // Ten times what it takes. Time of the processor, because the machine may be busy.
  const LARGE: Record<string, (index: number) => [string, string]> = {
    'one line of eight': (at) => [`line ${at}`, at % 8 === 0 ? `new ${at}` : `line ${at}`],
    'all lines': (at) => [`line ${at}`, `new ${(at * 7919) % 40_000}`],
    'the order of all lines': (at) => [`line ${at}`, `line ${(at * 7919) % 40_000}`],
    'every second of equal lines': (at) => ['x', at % 2 === 0 ? 'x' : 'y'],
  };
  for (const [title, line] of Object.entries(LARGE)) {
    it(`takes no long time for 40000 lines of which ${title} changed`, () => {
      const pairs = Array.from({ length: 40_000 }, (_, at) => line(at));
      const before = pairs.map(([old]) => `${old}\n`).join('');
      const after = pairs.map(([, now]) => `${now}\n`).join('');
      const started = process.cpuUsage();
      const counts = countChanges(before, after);
      const used = process.cpuUsage(started).user / 1000;
      assert.ok(used < 300, `${used} ms`);
      assert.equal(counts.added, counts.removed);
      assert.equal(applyPatch(before, patch('f', before, after)), after);
    }).timeout(20_000);
  }

  it('counts many changes of a long file one by one', () => {
    const lines = Array.from({ length: 8000 }, (_, at) => `line ${at}\n`);
    const after = lines.map((line, at) => (at % 8 === 0 ? `new ${at}\n` : line)).join('');
    assert.deepEqual(countChanges(lines.join(''), after), { added: 1000, removed: 1000 });
  });

  it('beyond the bound too, the patch leads from one text to the other (property)', () => {
    const many = (letter: string): string[] => Array.from({ length: 400 }, (_, i) => letter + i);
    const piece = fc.oneof(
      fc.array(fc.constantFrom('a', 'b', '', '-', '+', '\\ No newline'), { maxLength: 8 }),
      fc.constantFrom(many('x'), many('y'), ['once'], ['one', 'two', 'three', 'four', 'five']),
    );
    const text = fc
      .tuple(fc.array(piece, { maxLength: 6 }), fc.constantFrom('', '\n', '\r\n'))
      .map(([pieces, end]) => pieces.flat().join('\n') + end);
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after);
        const change = patch('f', before, after);
        assert.equal(applyPatch(before, change, { autoConvertLineEndings: false }), after);
        const { added, removed } = countChanges(before, after);
        const count = (all: string): number => all.split(/(?<=\n)/).filter(Boolean).length;
        assert.equal(added - removed, count(after) - count(before));
      }),
    );
  }).timeout(60_000);

  it('keeps the header whole whatever the name is', () => {
    assert.doesNotMatch(patch('a\n+++ b', 'x', 'y'), /^\+\+\+ b/m);
  });
});
