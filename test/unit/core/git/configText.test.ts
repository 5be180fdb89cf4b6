// The reader of git's configuration syntax against what git itself read (`git config --list`, 2.39): configFixtures.jsonl has
// one text a line with git's answer, null where git refuses it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { z } from 'zod';
import { readConfigText } from '../../../../src/core/git/configText.ts';
import { printed } from './support.ts';

const Fixture = z.object({
  text: z.string(),
  git: z.array(z.tuple([z.string(), z.string().nullable()])).nullable(),
});
const fixtures = readFileSync(new URL('configFixtures.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => Fixture.parse(JSON.parse(line)));

/** git before 2.45 prints a tab between two words as a blank. */
const blanks = (value: string | null) => value?.replace(/[\t\r]/g, ' ') ?? null;

describe('readConfigText', () => {
  it('reads what git reads and refuses what git refuses, on 420 texts', () => {
    assert.equal(fixtures.length, 420);
    assert.ok(fixtures.filter(({ git }) => git === null).length > 100);
    for (const { text, git } of fixtures) {
      const read = readConfigText(text);
      const mine = read.ok ? read.settings.map(printed).map(([k, v]) => [k, blanks(v)]) : null;
      const theirs = git?.map(([key, value]) => [key, blanks(value)]) ?? null;
      assert.deepEqual(mine, theirs, JSON.stringify(text));
    }
  });

  it('folds sections and keys, keeps sub-sections, and takes the old dotted form', () => {
    const read = readConfigText(
      '[FILTER "Lfs.X"]\nCLEAN = a\n[Remote.Origin]\nUrl = b\n[core]\nbare\n',
    );
    assert.deepEqual(read, {
      ok: true,
      settings: [
        { section: 'filter', subsection: 'Lfs.X', key: 'clean', value: 'a' },
        { section: 'remote', subsection: 'origin', key: 'url', value: 'b' },
        { section: 'core', subsection: null, key: 'bare', value: null },
      ],
    });
  });

  for (const [what, text, line] of [
    ['a key before every section', 'key = v\n', 1],
    ['a NUL in a value', '[a]\nk = a\0b\n', 2],
    ['a NUL in a sub-section', '[a "b\0c"]\nk = v\n', 1],
    ['quotes that are not closed', '[a]\n\nk = "v\n', 3],
  ] as const) {
    it(`refuses ${what} and says the line`, () => {
      assert.deepEqual(readConfigText(text), { ok: false, line });
    });
  }

  it('is total and quick, whatever the text (property)', () => {
    const piece = fc.constantFrom(
      ...'[]"\\=#;\n\r\t .aK1-\0é\uFEFF'.split(''),
      '[a]\nk = ',
      '\\\n',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 60 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (any) => {
        const read = readConfigText(any);
        return read.ok ? Array.isArray(read.settings) : read.line >= 1;
      }),
      { numRuns: 3000 },
    );
    const start = performance.now();
    assert.equal(readConfigText(`[a]\nk = ${'x '.repeat(250_000)}\n`).ok, true);
    assert.ok(performance.now() - start < 1000);
  });

  it('reads back what is written with quotes, whatever the value (property)', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (sub, value) => {
        fc.pre(!/[\0\n\r]/.test(sub) && !/[\0\r]/.test(value));
        const quote = (text: string) => text.replace(/[\\"]/g, '\\$&');
        const text = `[a "${quote(sub)}"]\n\tk = "${quote(value).replace(/\n/g, '\\n')}"\n`;
        assert.deepEqual(readConfigText(text), {
          ok: true,
          settings: [{ section: 'a', subsection: sub, key: 'k', value }],
        });
      }),
    );
  });
});
