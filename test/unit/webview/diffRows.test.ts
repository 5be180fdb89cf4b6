import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { systemTexts } from '../../../src/node/system.ts';
import { applyHunks } from '../../../src/protocol/hunks.ts';
import { diffRows, type DiffRow, type LineRow } from '../../../webview/diffRows.ts';

const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 1);
const lines = (before: string | null, after: string | null): LineRow[] =>
  plain(diffRows(before, after));
const plain = (rows: readonly DiffRow[]): LineRow[] =>
  rows.flatMap((row) => (row.kind === 'fold' ? row.rows : row.kind === 'hunk' ? [] : [row]));
const shown = (before: string | null, after: string | null): string[] =>
  lines(before, after).map(
    (row) =>
      `${{ same: ' ', added: '+', removed: '-' }[row.kind]}${textOf(row)}${row.unended ? '$' : ''}`,
  );
const textOf = (row: LineRow): string => row.spans.map((span) => span.text).join('');
const side = (rows: LineRow[], skip: LineRow['kind']): string =>
  rows
    .filter((row) => row.kind !== skip)
    .map((row) => textOf(row) + (row.unended ? '' : '\n'))
    .join('');

describe('webview diff rows', () => {
  it('shows changes with their line numbers', () => {
    const rows = lines('a\nb\nc\n', 'a\nB\nc\n');
    assert.deepEqual(
      rows.map((row) => [row.kind, row.old, row.new]),
      [
        ['same', 1, 1],
        ['removed', 2, null],
        ['added', null, 2],
        ['same', 3, 3],
      ],
    );
  });

  it('shows new, deleted and empty files whole', () => {
    assert.deepEqual(shown(null, 'a\nb\n'), ['+a', '+b']);
    assert.deepEqual(shown('a\n', null), ['-a']);
    assert.deepEqual(shown(null, ''), []);
  });

  it('shows a line break that comes or goes at the end', () => {
    assert.deepEqual(shown('a\nb', 'a\nb\n'), [' a', '-b$', '+b']);
    assert.deepEqual(shown('a\nb', 'a\nc'), [' a', '-b$', '+c$']);
  });

  it('hides carriage returns only where both sides use them throughout', () => {
    assert.deepEqual(shown('a\r\nb\r\n', 'a\r\nc\r\n'), [' a', '-b', '+c']);
    assert.deepEqual(shown('a\r\n', 'a\n'), ['-a\r', '+a']);
    assert.deepEqual(shown(null, 'a\r\nb\n'), ['+a\r', '+b']);
  });

  it('folds only lines that did not change, and keeps three around a change', () => {
    const before = Array.from({ length: 40 }, (_, n) => `line ${n}\n`).join('');
    const rows = diffRows(before, before.replace('line 20\n', 'changed\n'));
    const folds = rows.filter((row) => row.kind === 'fold');
    assert.deepEqual(
      folds.map((fold) => fold.rows.length),
      [17, 16],
    );
    assert.equal(rows.length, 2 + 3 + 2 + 3);
  });

  it('marks the words that changed', () => {
    const [removed, added] = lines('return a + b;\n', 'return a - b;\n');
    assert.deepEqual(
      removed?.spans.filter((span) => span.changed),
      [{ text: '+', changed: true }],
    );
    assert.deepEqual(
      added?.spans.filter((span) => span.changed),
      [{ text: '-', changed: true }],
    );
  });

  it('loses no byte of either side', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', '', 'x y', '\t', '\r', ' a'), { maxLength: 30 })
      .map((all) => all.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const rows = lines(before, after);
        const withReturns = (value: string): string => value.replaceAll('\r\n', '\n');
        assert.equal(withReturns(side(rows, 'added')), withReturns(before));
        assert.equal(withReturns(side(rows, 'removed')), withReturns(after));
      }),
    );
  });

  it('with hunks, the lines under each tick are exactly what is written with it', () => {
    const line = fc.constantFrom('a', 'b', '', '}', 'x y');
    const end = fc.constantFrom('\n', '\r\n');
    const text = fc
      .tuple(fc.array(fc.tuple(line, end), { maxLength: 20 }), fc.boolean())
      .map(([all, ended]) => {
        const whole = all.flat().join('');
        return ended ? whole : whole.replace(/\r?\n$/, '');
      });
    const choices = fc.array(fc.boolean(), { minLength: 40, maxLength: 40 });
    const checked = fc.property(text, text, choices, (before, after, choice) => {
      const hunks = systemTexts.hunks(before, after);
      const rows = plain(diffRows(before, after, hunks));
      const kept = new Set(hunks.keys().filter((index) => choice[index] === true));
      // What a reader makes of the rows: added lines of ticked hunks, removed lines of the others.
      const read = rows
        .filter(({ kind, hunk }) => kind === 'same' || (kind === 'added') === kept.has(hunk ?? -1))
        .map((row) => textOf(row) + (row.unended ? '' : '\n'))
        .join('');
      const bare = (value: string): string => value.replaceAll('\r\n', '\n');
      assert.equal(bare(read), bare(applyHunks({ before, after }, hunks, kept)));
    });
    fc.assert(checked, { seed, numRuns: 500 });
  });

  it('each hunk has one row of its own, before its first line', () => {
    const [before, after] = ['a\nb\nc\nd\n', 'A\nb\nc\nd\ne\n'];
    const rows = diffRows(before, after, systemTexts.hunks(before, after));
    assert.deepEqual(
      rows.map((row) => (row.kind === 'hunk' ? `hunk ${row.index}` : row.kind)),
      ['hunk 0', 'removed', 'added', 'same', 'same', 'same', 'hunk 1', 'added'],
    );
  });

  it('answers for texts with nothing in common in time', () => {
    const many = (word: string): string =>
      Array.from({ length: 20_000 }, (_, n) => `${word} ${n}\n`).join('');
    const started = performance.now();
    const rows = lines(many('old'), many('new'));
    assert.equal(rows.length, 40_000);
    assert.ok(performance.now() - started < 2000);
  });
});
