// Lines in pieces: colours and changed words cut them, and no character comes, goes or hides because of that.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { common, createLowlight } from 'lowlight';
import { displayRuns } from '../../../src/protocol/displayBytes.ts';
import { linePieces } from '../../../webview/linePieces.ts';
import { linesOfTree } from '../../../webview/syntaxLines.ts';

const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 1);
const text = fc.string({
  unit: fc.constantFrom('a', '\u202e', '\u{1f600}', '\u{e0041}', '"', ' ', '//'),
});

describe('pieces of a line', () => {
  it('show what the line shows without them, whatever the tokens', () => {
    const spans = fc.array(fc.record({ text, changed: fc.boolean() }), { maxLength: 5 });
    const tokens = fc.array(fc.record({ length: fc.nat(4), name: fc.constantFrom('', 'x') }));
    const shown = fc.property(spans, tokens, (line, found) => {
      const drawn = linePieces(line, found).flatMap(({ runs }) => runs);
      const plain = line.flatMap((span) => displayRuns(span.text));
      const said = (all: typeof plain): string =>
        all.map((run) => (run.hidden ? `<${run.text}>` : run.text)).join('');
      assert.equal(said(drawn), said(plain));
    });
    fc.assert(shown, { seed, numRuns: 1000 });
  });

  it('change where a token or a changed word does', () => {
    const line = [
      { text: 'let a', changed: false },
      { text: 'b', changed: true },
    ];
    const pieces = linePieces(line, [
      { length: 3, name: 'kw' },
      { length: 3, name: '' },
    ]);
    assert.deepEqual(
      pieces.map(({ runs, changed, token }) => [runs[0]?.text, changed, token]),
      [
        ['let', false, 'kw'],
        [' a', false, ''],
        ['b', true, ''],
      ],
    );
  });
});

describe('tokens by line', () => {
  const languages = createLowlight(common);

  it('are as long as the lines, in every language', () => {
    const code = fc.string({ unit: fc.constantFrom(...'ab"\'`/*<>{}()\n #$\\é=;\u202e') });
    const language = fc.constantFrom('typescript', 'python', 'xml', 'markdown', 'bash', 'rust');
    const measured = fc.property(code, language, (source, name) => {
      const lines = linesOfTree(languages.highlight(name, source));
      assert.deepEqual(
        lines.map((tokens) => tokens.reduce((sum, { length }) => sum + length, 0)),
        source.split('\n').map((line) => line.length),
      );
    });
    fc.assert(measured, { seed, numRuns: 300 });
  });

  it('carry their class over line breaks', () => {
    const [first, second] = linesOfTree(languages.highlight('typescript', '/* a\nb */ const x'));
    assert.deepEqual(first, [{ length: 4, name: 'hljs-comment' }]);
    assert.deepEqual(
      second?.map(({ name }) => name),
      ['hljs-comment', '', 'hljs-keyword', ''],
    );
  });
});
