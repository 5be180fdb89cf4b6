// The pure parts of attaching: ranges of lines, kinds of images, and which file is meant by what is typed.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  bytesOf,
  imageBody,
  imageMedia,
  parseImageBody,
} from '../../../../src/core/attachments/images.ts';
import { lineRange } from '../../../../src/core/attachments/lines.ts';
import { linesOf } from '../../../../src/protocol/hunks.ts';
import { createFileFinder } from '../../../../src/core/panel/fileFinder.ts';
import { rankFiles } from '../../../../src/core/panel/rankFiles.ts';
import { createMemoryFiles } from '../../../fakes/memoryFiles.ts';
import { mentionAt, withMention } from '../../../../webview/mentions.ts';

describe('lines of a text', () => {
  it('any range and what is before and after it make the text again', () => {
    const line = fc.stringMatching(/^[a-z]{0,3}(\r\n|\n)?$/);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.nat(9), fc.nat(9), (parts, a, b) => {
        const text = parts.join('');
        const count = linesOf(text).length;
        const [first, last] = [1 + Math.min(a, b), 1 + Math.max(a, b)];
        const found = lineRange(text, { first, last });
        if (first > count) return assert.equal(found, undefined);
        assert.ok(found);
        const before =
          first === 1 ? '' : (lineRange(text, { first: 1, last: first - 1 })?.text ?? '');
        const after = lineRange(text, { first: found.lines.last + 1, last: 99 })?.text ?? '';
        assert.equal(before + found.text + after, text);
      }),
    );
  });

  it('a range that ends before it begins is none', () => {
    assert.equal(lineRange('a\nb\n', { first: 2, last: 1 }), undefined);
  });
});

describe('images', () => {
  const base64 = (...bytes: (number | string)[]): string =>
    Buffer.concat(
      bytes.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))),
    ).toString('base64');

  it('are known by their first bytes', () => {
    assert.equal(imageMedia(base64(0x89, 'PNG\r\n', 0x1a, '\n', 'rest')), 'image/png');
    assert.equal(imageMedia(base64(0xff, 0xd8, 0xff, 'rest')), 'image/jpeg');
    assert.equal(imageMedia(base64('GIF89a', 'rest')), 'image/gif');
    assert.equal(imageMedia(base64('RIFF', 1, 2, 3, 4, 'WEBP', 'VP8 ')), 'image/webp');
    for (const other of ['RIFFxxxxWAVEfmt ', '<svg xmlns=', '%PDF-1.7', 'BM'])
      assert.equal(imageMedia(base64(other)), undefined, other);
  });

  it('their bytes are counted, and they come back out of what is stored', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const data = Buffer.from(bytes).toString('base64');
        assert.equal(bytesOf(data), bytes.length);
        assert.deepEqual(parseImageBody(imageBody('image/gif', data)), {
          media: 'image/gif',
          data,
        });
      }),
    );
    assert.equal(parseImageBody('data:text/html;base64,AAAA'), undefined);
    assert.equal(parseImageBody('some text'), undefined);
  });
});

describe('which file is meant', () => {
  const PATHS = [
    'src/price.ts',
    'src/pricing/index.ts',
    'docs/prices.md',
    'test/price.test.ts',
    'README.md',
  ];

  it('its name comes before its folders, the beginning before the middle, the shorter before the longer', () => {
    const named = ['src/price.ts', 'docs/prices.md', 'test/price.test.ts'];
    // Its characters stand in this one in order, and nothing better can be said of it.
    assert.deepEqual(rankFiles(PATHS, 'price', 9), [...named, 'src/pricing/index.ts']);
    assert.deepEqual(rankFiles(PATHS, 'pric', 9).slice(0, 3), named);
    assert.deepEqual(rankFiles(PATHS, 'src/p', 1), ['src/price.ts']);
    assert.deepEqual(rankFiles(PATHS, 'READ', 9), ['README.md']);
    assert.deepEqual(rankFiles(PATHS, 'srcdx', 9), ['src/pricing/index.ts']);
    assert.deepEqual(rankFiles(PATHS, 'nothing', 9), []);
    assert.equal(rankFiles(PATHS, '', 2).length, 2);
  });

  it('the list of files is made once for what is typed in a row, and anew after a while', async () => {
    const files = createMemoryFiles({ 'a.ts': '', 'b.ts': '' });
    let now = 0;
    const finder = createFileFinder(files, { now: () => now });
    assert.deepEqual(await finder.find('ts'), ['a.ts', 'b.ts']);
    files.entries.set('/ws/c.ts', '');
    assert.deepEqual(await finder.find('c'), []);
    now = 10_001;
    assert.deepEqual(await finder.find('c'), ['c.ts']);
  });

  it('is typed after an @ at the beginning of a word, and the cursor stays behind it', () => {
    assert.deepEqual(mentionAt('see @src/p', 10), { from: 4, to: 10, query: 'src/p' });
    assert.deepEqual(mentionAt('@', 1), { from: 0, to: 1, query: '' });
    assert.deepEqual(mentionAt('(@a) b', 3), { from: 1, to: 3, query: 'a' });
    for (const [text, cursor] of [
      ['me@example.com', 14],
      ['@a b', 4],
      ['no', 2],
      ['@a', 0],
    ] as const)
      assert.equal(mentionAt(text, cursor), undefined, text);
    const taken = withMention('see @p now', { from: 4, to: 6, query: 'p' }, 'src/p.ts');
    assert.deepEqual(taken, { text: 'see @src/p.ts now', cursor: 14 });
    const last = withMention('@p', { from: 0, to: 2, query: 'p' }, 'p.ts');
    assert.deepEqual(last, { text: '@p.ts ', cursor: 6 });
  });
});
