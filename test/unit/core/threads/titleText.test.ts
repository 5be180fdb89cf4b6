// Titles as text: whatever a model answers, a title is one short line that shows what it is.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  cleanTitle,
  firstLine,
  MAX_TITLE,
  titleOf,
} from '../../../../src/core/threads/titleText.ts';
import { displayBytes } from '../../../../src/protocol/displayBytes.ts';

describe('titles as text', () => {
  for (const [answer, title] of [
    ['Fix the rounding bug', 'Fix the rounding bug'],
    ['"Fix the rounding bug."\n', 'Fix the rounding bug'],
    ['\n\n  **Title: “Fix   the\tbug”**\nBecause it is about that.', 'Fix the bug'],
    ['# Rundungsfehler beheben', 'Rundungsfehler beheben'],
    ['<think>The user wants\na title.</think>\nInvoice rounding', 'Invoice rounding'],
    ['<think>and never comes to an end', ''],
    ['Don’t panic', 'Don’t panic'],
    ['- *.gitignore and __init__*', '.gitignore and __init__'],
    ['Title: Title: C++', 'C++'],
    ['+ - +', ''],
    ['safe\u202Etxt.exe\u0000\u200B', 'safetxt.exe'],
    ['請求書の丸め誤差を直す', '請求書の丸め誤差を直す'],
    ['…', ''],
    ['""', ''],
    ['', ''],
  ] as const) {
    it(`${JSON.stringify(answer)} gives ${JSON.stringify(title)}`, () => {
      assert.equal(cleanTitle(answer), title);
    });
  }

  it('a long answer is cut between code points', () => {
    const title = cleanTitle('😀'.repeat(100));
    assert.ok(title.length <= MAX_TITLE && title.endsWith('…'));
    assert.ok(title.isWellFormed());
  });

  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc
      .array(
        fc
          .constantFrom('Title:', '"', '“', '`', '*', '\n', '\r', '\u2028', '\u202E', '\u200B', ' ')
          .chain((odd) =>
            fc.constantFrom(odd, `${odd}word`, '\uD800', '\u0007', '<think>', '</think>'),
          ),
        { maxLength: 60 },
      )
      .map((parts) => parts.join('')),
  );

  it('property: an answer gives a title that is one clean line, or nothing', () => {
    fc.assert(
      fc.property(anything, (answer) => {
        const title = cleanTitle(answer);
        assert.ok(title.length <= MAX_TITLE);
        assert.doesNotMatch(title, /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}"“”«»`]/u);
        assert.equal(title, title.trim());
        assert.equal(displayBytes(title), title, 'nothing that a surface has to make visible');
        assert.equal(cleanTitle(title), title, 'it is a title by itself');
      }),
      { numRuns: 1000 },
    );
  });

  it('property: the first line is never empty, and one line', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const line = firstLine(text);
        assert.ok(line.length > 0 && line.length <= MAX_TITLE);
        assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        assert.equal(displayBytes(line), line);
      }),
    );
  });

  it('a thread is called by its title, before that by its first line', () => {
    assert.equal(titleOf({ title: 'T', opening: null }), 'T');
    assert.equal(titleOf({ title: null, opening: '\n  Do it\nnow' }), 'Do it');
    assert.equal(titleOf({ title: null, opening: null }), 'New thread');
    assert.equal(titleOf(undefined), 'New thread');
  });
});
