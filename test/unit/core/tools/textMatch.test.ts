import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  lineAt,
  looseLine,
  onlyEol,
  replaceText,
  usualEol,
  withEol,
} from '../../../../src/core/tools/textMatch.ts';

const replace = (text: string, oldString: string, newString: string, replaceAll = false): unknown =>
  replaceText(text, { oldString, newString, replaceAll });

/** Text of a file: mixed line endings, no final newline, characters beyond the BMP, repetitions. */
const fileText = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', 'b', 'aa', ' ', '\t', '\n', '\r\n', '\r', '€', '😀', 'e\u0301', '$&'),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))
  // Which of the two a CR before a CRLF belongs to is anybody's guess.
  .filter((text) => !text.includes('\r\r\n'));

/** Where to cut the match out, and whether the model sends it with LF. */
const cut = fc.record({ a: fc.nat(), b: fc.nat(), lf: fc.boolean() });

const splitsCrlf = (text: string, at: number): boolean => text.slice(at - 1, at + 1) === '\r\n';

describe('replaceText', () => {
  it('replaces the one match and nothing else', () => {
    assert.deepEqual(replace('one\ntwo\nthree', 'two', '2'), {
      kind: 'replaced',
      text: 'one\n2\nthree',
      count: 1,
    });
  });

  it('takes replacement patterns literally', () => {
    assert.deepEqual(replace('a', 'a', "$& $1 $' $$"), {
      kind: 'replaced',
      text: "$& $1 $' $$",
      count: 1,
    });
  });

  it('matches LF against CRLF and writes CRLF', () => {
    assert.deepEqual(replace('a\r\nb\r\nc\r\n', 'a\nb', 'x\ny\nz'), {
      kind: 'replaced',
      text: 'x\r\ny\r\nz\r\nc\r\n',
      count: 1,
    });
    assert.deepEqual(replace('a\r\nb\r\n', 'b', 'x\ny'), {
      kind: 'replaced',
      text: 'a\r\nx\r\ny\r\n',
      count: 1,
    });
  });

  it('matches CRLF against LF and writes LF', () => {
    assert.deepEqual(replace('a\nb\n', 'a\r\nb', 'x\r\ny'), {
      kind: 'replaced',
      text: 'x\ny\n',
      count: 1,
    });
  });

  it('uses the line endings around the match in a mixed file', () => {
    assert.deepEqual(replace('a\r\nb\r\nc\nd\n', 'c\nd', 'x\ny'), {
      kind: 'replaced',
      text: 'a\r\nb\r\nx\ny\n',
      count: 1,
    });
  });

  it('changes line endings when that is what the edit is about', () => {
    assert.deepEqual(replace('a\r\nb\n', 'a\r\n', 'a\n'), {
      kind: 'replaced',
      text: 'a\nb\n',
      count: 1,
    });
    assert.deepEqual(replace('a\r\nb', 'a\n', 'a\r\n'), { kind: 'notFound' });
  });

  it('keeps a missing final newline missing', () => {
    assert.deepEqual(replace('a\nb', 'b', 'c'), { kind: 'replaced', text: 'a\nc', count: 1 });
  });

  it('counts the matches and their lines, overlapping ones too', () => {
    assert.deepEqual(replace('x\nx\n\nx', 'x', 'y'), {
      kind: 'ambiguous',
      count: 3,
      lines: [1, 2, 4],
    });
    assert.deepEqual(replace('aaa', 'aa', 'b'), { kind: 'ambiguous', count: 2, lines: [1] });
    assert.deepEqual(replace('a\r\n\na\n', 'a\n', 'b'), {
      kind: 'ambiguous',
      count: 2,
      lines: [1, 3],
    });
  });

  it('replaces all without overlap', () => {
    assert.deepEqual(replace('aaa\r\naa', 'aa', 'b\n', true), {
      kind: 'replaced',
      text: 'b\r\na\r\nb\r\n',
      count: 2,
    });
  });

  it('does not find what is not there', () => {
    assert.deepEqual(replace('abc', 'abd', 'x'), { kind: 'notFound' });
    assert.deepEqual(replace('', 'a', 'x'), { kind: 'notFound' });
  });

  it('stays quick on repetitive text', () => {
    const text = 'a'.repeat(500_000);
    const result = replaceText(text, {
      oldString: 'a'.repeat(250_000),
      newString: 'b',
      replaceAll: false,
    });
    assert.equal(result.kind === 'ambiguous' && result.count, 100);
  });

  it('changes exactly the match, whatever the text (property)', () => {
    fc.assert(
      fc.property(fileText, fileText, cut, (text, put, { a, b, lf }) => {
        const from = text.length === 0 ? 0 : a % text.length;
        const real = text.slice(from, from + 1 + (b % 12));
        const oldString = lf ? real.replaceAll('\r\n', '\n') : real;
        fc.pre(oldString !== '' && oldString !== put);
        // A CRLF is one line break: no cut goes through it.
        fc.pre(!splitsCrlf(text, from) && !splitsCrlf(text, from + real.length));
        const result = replaceText(text, { oldString, newString: put, replaceAll: false });
        if (result.kind !== 'replaced') return;
        // The match is unique, so it is the one we cut out: the rest must stand as it was.
        const prefix = text.slice(0, from);
        const suffix = text.slice(from + real.length);
        assert.ok(result.text.startsWith(prefix));
        assert.ok(result.text.endsWith(suffix));
        const middle = result.text.slice(prefix.length, result.text.length - suffix.length);
        assert.equal(withEol(middle, '\n'), withEol(put, '\n'));
      }),
      { numRuns: 3000 },
    );
  });

  it('is undone by the reverse edit where that is unique (property)', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (head, tail) => {
          const there = replaceText(`${head}\u0001old\u0002${tail}`, {
            oldString: '\u0001old\u0002',
            newString: '\u0003new\u0004',
            replaceAll: false,
          });
          assert.ok(there.kind === 'replaced');
          const back = replaceText(there.text, {
            oldString: '\u0003new\u0004',
            newString: '\u0001old\u0002',
            replaceAll: false,
          });
          assert.equal(back.kind === 'replaced' && back.text, `${head}\u0001old\u0002${tail}`);
        },
      ),
    );
  });
});

describe('line endings', () => {
  it('are counted by majority or unanimity', () => {
    assert.equal(usualEol('abc'), null);
    assert.equal(usualEol('a\r\nb\r\nc\n'), '\r\n');
    assert.equal(usualEol('a\r\nb\n'), '\n');
    assert.equal(onlyEol('a\r\nb\n'), null);
    assert.equal(onlyEol('a\r\nb\r\n'), '\r\n');
    assert.equal(onlyEol('a\rb'), null);
  });

  it('are converted without doubling', () => {
    assert.equal(withEol('a\r\nb\nc', '\r\n'), 'a\r\nb\r\nc');
    assert.equal(withEol('a\r\nb\nc', '\n'), 'a\nb\nc');
    assert.equal(withEol('a\r\nb\nc', null), 'a\r\nb\nc');
  });
});

describe('lineAt and looseLine', () => {
  it('count lines from 1', () => {
    assert.equal(lineAt('a\nb\nc', 0), 1);
    assert.equal(lineAt('a\nb\nc', 2), 2);
    assert.equal(lineAt('a\nb\nc', 4), 3);
  });

  it('finds text whose indentation differs, and only that', () => {
    const text = 'if (a) {\n\t\tfoo();\n\t\tbar();\n}\n';
    assert.equal(looseLine(text, '  foo();\n  bar();'), 2);
    assert.equal(looseLine(text, 'foo();\nbaz();'), null);
    assert.equal(looseLine(text, '   '), null);
  });

  it('gives no hint where finding one takes long', () => {
    const wanted = `${'a\n'.repeat(1000)}b`;
    const started = process.cpuUsage();
    assert.equal(looseLine(`${'  a\n'.repeat(90_000)}b`, wanted), null);
    assert.equal(looseLine('  a\n'.repeat(400_000), wanted), null);
    const used = process.cpuUsage(started).user / 1000;
    assert.ok(used < 300, `${used} ms`);
    assert.equal(looseLine(`${'  a\n'.repeat(1100)}b`, wanted), 101);
  });
});
