// What output may do in a terminal: be read, in colour. Nothing of it acts, asks, hides, or leaves its line.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createTerminalFilter } from '../../../src/vscode/terminalText.ts';

const ESC = '\u001B';

function all(...pieces: string[]): string {
  const filter = createTerminalFilter();
  const shown = pieces.map((piece) => filter.push(piece)).join('') + filter.end();
  assert.ok(shown.endsWith(`${ESC}[0m`));
  return shown.slice(0, -4);
}

/** Every sequence that the filter lets through. */
const HARMLESS = /^\u001B\[(?:[\d;:]*m|[012]?K)/;

describe('output in a terminal', () => {
  it('text, colours and the clearing of the line stay', () => {
    const text = `${ESC}[1;32mok${ESC}[0m ${ESC}[38;5;208mx${ESC}[38;2;8;5;6my${ESC}[m\ta\r50%${ESC}[K`;
    assert.equal(all(text), text);
    assert.equal(all('a\nb\r\nc'), 'a\r\nb\r\nc');
  });

  it('what acts, asks, links or renames does nothing', () => {
    const gone = [
      `${ESC}]52;c;ZXZpbA==\u0007`,
      `${ESC}]8;;https://evil.example/\u0007`,
      `${ESC}]8;;file:///etc/passwd${ESC}\\`,
      `${ESC}]0;title\u0007`,
      `${ESC}]633;E;rm -rf /\u0007`,
      `${ESC}]1337;File=:AAAA\u0007`,
      `${ESC}P$q"p${ESC}\\`,
      `${ESC}_app${ESC}\\`,
      `${ESC}^pm${ESC}\\`,
      `${ESC}Xsos${ESC}\\`,
      `${ESC}[6n`,
      `${ESC}[c`,
      `${ESC}[>0q`,
      `${ESC}[2J`,
      `${ESC}[3J`,
      `${ESC}[H`,
      `${ESC}[5A`,
      `${ESC}[10;1f`,
      `${ESC}[?1049h`,
      `${ESC}[?1003h`,
      `${ESC}[?2004h`,
      `${ESC}[21t`,
      `${ESC}[1;5r`,
      `${ESC}[s`,
      `${ESC}[4h`,
      `${ESC}[!p`,
      `${ESC}[1 q`,
      `${ESC}[?K`,
      `${ESC}[3m`.replace('3m', '>4;2m'),
      `${ESC}c`,
      `${ESC}7`,
      `${ESC}8`,
      `${ESC}M`,
      `${ESC}(0`,
      `${ESC}#8`,
      `${ESC}=`,
    ];
    for (const sequence of gone) assert.equal(all(`a${sequence}b`), 'ab', JSON.stringify(sequence));
  });

  it('what hides text does not: conceal and blink go, the colours beside them stay', () => {
    assert.equal(all(`${ESC}[8mhidden`), 'hidden');
    assert.equal(all(`${ESC}[31;8;5;6;08;4mx`), `${ESC}[31;4mx`);
    assert.equal(all(`${ESC}[38;5mx`), 'x');
    assert.equal(all(`${ESC}[38;2;8mx`), 'x');
  });

  it('invisible and deceptive characters are seen, C1 controls too', () => {
    assert.equal(
      all('a\u202Eb\u200Bc\u0000d\u0007e\u007F'),
      'a\\u{202E}b\\u{200B}c\\u{0000}d\\u{0007}e\\u{007F}',
    );
    assert.equal(
      all('\u009B2J\u009D52;c;x\u009C\u0090q'),
      '\\u{009B}2J\\u{009D}52;c;x\\u{009C}\\u{0090}q',
    );
    assert.equal(all('\u000E\u000F'), '\\u{000E}\\u{000F}');
    assert.equal(all('a\u000Bb\u000Cc'), 'a\r\nb\r\nc');
  });

  it('a sequence that never ends is seen in the end, and holds nothing back for ever', () => {
    assert.equal(all(`a${ESC}]52;c;abc`), 'a\\u{001B}]52;c;abc');
    assert.equal(all(`a${ESC}[`), 'a\\u{001B}[');
    const filter = createTerminalFilter();
    const long = `${ESC}]0;${'x'.repeat(5000)}`;
    assert.equal(filter.push(long), `\\u{001B}]0;${'x'.repeat(5000)}`);
    assert.equal(filter.push('after'), 'after');
  });

  it('for any output, cut anywhere: the same, and nothing but harmless sequences', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ESC,
        `${ESC}[`,
        `${ESC}]`,
        `${ESC}P`,
        '\u0007',
        `${ESC}\\`,
        ';',
        '8',
        '52',
        'm',
        'K',
        'J',
        '?',
        ' ',
        '\n',
        '\r',
        '\b',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.nat(255).map(String),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.array(fc.nat(200), { maxLength: 5 }),
        (parts, cuts) => {
          const text = parts.join('');
          const at = [
            0,
            ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b),
            text.length,
          ];
          const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
          const whole = all(text);
          if (!/[\uD800-\uDFFF]|\r/.test(text)) assert.equal(all(...pieces), whole);
          for (let found = whole.indexOf(ESC); found >= 0; found = whole.indexOf(ESC, found + 1)) {
            assert.match(whole.slice(found), HARMLESS);
          }

          assert.doesNotMatch(
            whole.replaceAll(ESC, ''),
            /[\u0000-\u0007\u000B\u000C\u000E-\u001A\u001C-\u001F\u007F-\u009F]/,
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
