import assert from 'node:assert/strict';
import fc from 'fast-check';
import { countHidden, displayBytes, displayRuns } from '../../../src/protocol/displayBytes.ts';

/** What may stand on a surface as it is: seen, and not able to change what stands around it. */
const SAFE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;
const IGNORED = /\p{Default_Ignorable_Code_Point}/u;

function* allCodePoints(): Generator<number> {
  for (let point = 0; point <= 0x10ffff; point += 1) yield point;
}

/** Reads the text back from what is shown. */
function parse(shown: string): string {
  return shown.replaceAll(/\\u\{([0-9A-F]+)\}/g, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
}

describe('displayBytes', () => {
  it('every code point there is: shown as itself only when it is seen, else by its number (U4, I10)', function () {
    this.timeout(20_000);
    for (const point of allCodePoints()) {
      const text = String.fromCodePoint(point);
      const shown = displayBytes(text);
      if (shown === text) {
        assert.ok(
          SAFE.test(text) && !IGNORED.test(text),
          `U+${point.toString(16)} is shown as it is`,
        );
      } else {
        assert.match(shown, /^\\u\{[0-9A-F]{4,6}\}$/);
        assert.equal(Number.parseInt(shown.slice(3, -1), 16), point);
      }
    }
  });

  it('letters, marks, digits, punctuation and symbols of all scripts stay as they are', () => {
    const text = 'naïve 日本語 हिन्दी עברית العربية ไทย 🧪 𝒳 “x” — € ≠ e\u0301';
    assert.equal(displayBytes(text), text);
    assert.equal(countHidden(text), 0);
  });

  const DECEPTIVE: [string, string][] = [
    ['escape', '\u001b'],
    ['bell', '\u0007'],
    ['delete', '\u007f'],
    ['C1 control sequence introducer', '\u009b'],
    ['right-to-left override', '\u202e'],
    ['isolate', '\u2066'],
    ['zero width space', '\u200b'],
    ['zero width joiner', '\u200d'],
    ['byte order mark', '\ufeff'],
    ['soft hyphen', '\u00ad'],
    ['no-break space', '\u00a0'],
    ['ideographic space', '\u3000'],
    ['line separator', '\u2028'],
    ['Hangul filler', '\u3164'],
    ['braille blank', '\u2800'],
    ['tag letter', '\u{e0041}'],
    ['variation selector', '\ufe0f'],
    ['combining grapheme joiner', '\u034f'],
    ['private use', '\ue000'],
    ['unassigned', '\u0378'],
    ['lone surrogate', '\ud800'],
    ['carriage return', '\r'],
    ['newline', '\n'],
    ['tab', '\t'],
  ];
  for (const [name, character] of DECEPTIVE) {
    it(`shows a ${name}`, () => {
      const shown = displayBytes(`a${character}b`);
      assert.match(shown, /^a\\u\{[0-9A-F]+\}b$/);
      assert.equal(countHidden(`a${character}b`), 1);
    });
  }

  it('keeps line ends and tabs in text of several lines, and nothing else', () => {
    assert.equal(displayBytes('a\n\tb', true), 'a\n\tb');
    assert.equal(displayBytes('a\r\nb\v', true), 'a\\u{000D}\nb\\u{000B}');
  });

  it('any text: nothing invisible left, and read back it is the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, multiline) => {
        // A text that holds the notation itself cannot be told apart in plain text; runs can.
        if (text.includes('\\u{')) return;
        const shown = displayBytes(text, multiline);
        assert.equal(countHidden(shown, multiline), 0);
        assert.equal(displayBytes(shown, multiline), shown);
        assert.equal(parse(shown), text);
      }),
    );
  });

  it('runs: together they are the text, hidden ones stand for one character each', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const runs = displayRuns(text);
        const back = runs.map((run) =>
          run.hidden ? String.fromCodePoint(Number.parseInt(run.text.slice(2), 16)) : run.text,
        );
        assert.equal(back.join(''), text);
        assert.equal(runs.filter(({ hidden }) => hidden).length, countHidden(text));
        for (const run of runs) if (!run.hidden) assert.equal(countHidden(run.text), 0);
      }),
    );
  });

  it('ill-formed UTF-16 is shown, not dropped', () => {
    assert.equal(displayBytes('\udc00\ud800'), '\\u{DC00}\\u{D800}');
  });
});
