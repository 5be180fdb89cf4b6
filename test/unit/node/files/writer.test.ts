import assert from 'node:assert/strict';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import {
  chmod,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createFileWriter } from '../../../../src/node/files/writer.ts';
import { systemTexts } from '../../../../src/node/system.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../fakes/temporaryFolder.ts';
import type {
  EditorBuffers,
  FileChange,
  WriteOutcome,
} from '../../../../src/core/ports/workspace.ts';

describe('the file writer', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder({ a: 'old\n', 'out/secret': 'secret' });
  });
  afterEach(() => folder.dispose());

  function change(
    name: string,
    base: string | null,
    newText: string | null,
    encoding: FileChange['encoding'] = 'utf8',
  ): FileChange {
    const baseHash = base === null ? null : systemTexts.sha256(base);
    return { realPath: folder.at(name), baseHash, newText, encoding };
  }

  const write = (one: FileChange, buffers?: EditorBuffers): Promise<WriteOutcome> =>
    createFileWriter({ texts: systemTexts, buffers })(one);
  const content = (name: string): Promise<string> => readFile(folder.at(name), 'utf8');

  /** Nothing but what the test put there: no temporary files, no half-made folders. */
  async function assertEntries(...names: string[]): Promise<void> {
    assert.deepEqual((await readdir(folder.path)).sort(), [...names].sort());
  }

  it('replaces a file and keeps its mode', async () => {
    await chmod(folder.at('a'), 0o751);
    assert.deepEqual(await write(change('a', 'old\n', 'new\r\n€')), { kind: 'written' });
    assert.equal(await content('a'), 'new\r\n€');
    assert.equal((await stat(folder.at('a'))).mode & 0o7777, 0o751);
    await assertEntries('a', 'out');
  });

  it('writes the byte order mark of the encoding', async () => {
    await writeFile(folder.at('a'), '\uFEFFold\n');
    assert.deepEqual(await write(change('a', 'old\n', 'new', 'utf8bom')), { kind: 'written' });
    assert.equal(await content('a'), '\uFEFFnew');
  });

  it('creates a file with its folders', async () => {
    assert.deepEqual(await write(change('x/y/z.ts', null, 'new')), { kind: 'written' });
    assert.equal(await content('x/y/z.ts'), 'new');
    assert.deepEqual(await readdir(folder.at('x/y')), ['z.ts']);
    assert.deepEqual(await write(change('empty', null, '')), { kind: 'written' });
    assert.equal(await content('empty'), '');
  });

  it('deletes a file', async () => {
    assert.deepEqual(await write(change('a', 'old\n', null)), { kind: 'written' });
    await assertEntries('out');
  });

  it('writes nothing over content that was not shown', async () => {
    await writeFile(folder.at('a'), 'changed');
    for (const text of ['new', null]) {
      assert.equal((await write(change('a', 'old\n', text))).kind, 'stale');
      assert.equal((await write(change('a', null, text))).kind, 'stale');
      assert.equal((await write(change('gone', 'old\n', text))).kind, 'stale');
    }
    await writeFile(folder.at('a'), 'old\0\n');
    assert.equal((await write(change('a', 'old\n', 'new'))).kind, 'stale');
    await assertEntries('a', 'out');
  });

  it('does not write the same change twice', async () => {
    const one = change('a', 'old\n', 'new');
    assert.equal((await write(one)).kind, 'written');
    assert.equal((await write(one)).kind, 'stale');
  });

  it('follows no link at the end or on the way (I9)', async () => {
    await symlink('out/secret', folder.at('link'));
    await symlink('out', folder.at('dlink'));
    await symlink('out/new', folder.at('dangling'));
    const tries = [
      change('link', 'secret', 'x'),
      change('link', 'secret', null),
      change('dlink/secret', 'secret', 'x'),
      change('dlink/new', null, 'x'),
      change('dlink/deep/new', null, 'x'),
      change('dangling', null, 'x'),
      change('dangling/x', null, 'x'),
    ];
    for (const one of tries) {
      assert.equal((await write(one)).kind, 'failed', one.realPath);
    }
    assert.equal(await content('out/secret'), 'secret');
    assert.deepEqual(await readdir(folder.at('out')), ['secret']);
    assert.ok((await lstat(folder.at('link'))).isSymbolicLink());
  });

  it('leaves the other names of a file alone', async () => {
    await link(folder.at('out/secret'), folder.at('hard'));
    assert.equal((await write(change('hard', 'secret', 'x'))).kind, 'written');
    assert.equal(await content('out/secret'), 'secret');
  });

  it('refuses folders, files as folders and over-long names, and leaves nothing behind', async () => {
    await mkdir(folder.at('d'));
    const tries = [
      change('d', null, 'x'),
      change('d', 'old', null),
      change('a/b', null, 'x'),
      change(`n/${'x'.repeat(300)}`, null, 'x'),
    ];
    for (const one of tries) {
      const outcome = await write(one);
      assert.equal(outcome.kind, 'failed', one.realPath);
      assert.ok('message' in outcome && outcome.message.length > 10);
    }
    await assertEntries('a', 'd', 'out');
  });

  it('looks again right before the change counts (U11)', async () => {
    // The buffers are asked on each look: the second one finds a change made in between.
    const onSecondLook = (act: () => void): EditorBuffers => {
      let looks = 0;
      return {
        dirtyText: () => {
          looks += 1;
          if (looks === 2) act();
          return undefined;
        },
        replaceText: async () => false,
      };
    };
    const edited = onSecondLook(() => writeFileSync(folder.at('a'), 'edited meanwhile'));
    assert.equal((await write(change('a', 'old\n', 'new'), edited)).kind, 'stale');
    assert.equal(await content('a'), 'edited meanwhile');

    const appeared = onSecondLook(() => writeFileSync(folder.at('b'), 'theirs'));
    assert.equal((await write(change('b', null, 'ours'), appeared)).kind, 'stale');
    assert.equal(await content('b'), 'theirs');

    mkdirSync(folder.at('d'));
    writeFileSync(folder.at('d/secret'), 'secret');
    const swapped = onSecondLook(() => {
      renameSync(folder.at('d'), folder.at('d2'));
      symlinkSync('out', folder.at('d'));
    });
    const outcome = await write(change('d/secret', 'secret', 'x'), swapped);
    assert.equal(outcome.kind, 'failed');
    assert.equal(await content('out/secret'), 'secret');
  });

  describe('with an editor', () => {
    /** An editor with unsaved text; `saveAs` puts on disk what its save actions make of the text. */
    function editor(
      dirty: string | undefined,
      saveAs: (text: string) => string | undefined,
    ): EditorBuffers & { replaced: string[] } {
      const replaced: string[] = [];
      let unsaved = dirty;
      return {
        replaced,
        dirtyText: () => unsaved,
        replaceText: async (file, text) => {
          replaced.push(text);
          const saved = saveAs(text);
          if (saved === undefined) return false;
          writeFileSync(file, saved);
          unsaved = undefined;
          return true;
        },
      };
    }
    const asIs = (text: string): string => text;
    const trimmed = (text: string): string => `${text.replace(/ +$/gm, '').trimEnd()}\n`;

    it('replaces saved text on disk, past the save actions; the editor follows', async () => {
      const buffers = editor(undefined, trimmed);
      const text = 'a   \nb';
      assert.deepEqual(await write(change('a', 'old\n', text), buffers), { kind: 'written' });
      assert.deepEqual(buffers.replaced, []);
      assert.equal(await content('a'), text);
    });

    it('replaces unsaved text through the editor, on the base of that text', async () => {
      const buffers = editor('typed', asIs);
      assert.equal((await write(change('a', 'old\n', 'new'), buffers)).kind, 'stale');
      assert.equal((await write(change('a', 'typed', 'new'), buffers)).kind, 'written');
      assert.deepEqual(buffers.replaced, ['new']);
      assert.equal(await content('a'), 'new');
    });

    it('what was approved is on disk, whatever save actions make of it', async () => {
      const text = 'a   \r\nb\n';
      const buffers = editor('typed', trimmed);
      assert.deepEqual(await write(change('a', 'typed', text), buffers), { kind: 'written' });
      assert.equal(await content('a'), text);
      const withMark = change('a', 'typed', text, 'utf8bom');
      assert.deepEqual(await write(withMark, editor('typed', trimmed)), { kind: 'written' });
      assert.equal(await content('a'), `\uFEFF${text}`);
      await assertEntries('a', 'out');
    });

    it('says so when what was saved may not be what was approved', async () => {
      const outcomes = [];
      const unreadable = editor('typed', () => 'nul \0');
      outcomes.push(await write(change('a', 'typed', 'new'), unreadable));
      let looks = 0;
      const typedOn: EditorBuffers = {
        ...editor('typed', asIs),
        dirtyText: () => ((looks += 1) > 2 ? 'typed on' : 'typed'),
      };
      outcomes.push(await write(change('a', 'typed', 'new'), typedOn));
      for (const outcome of outcomes) {
        assert.equal(outcome.kind, 'differs');
        assert.ok('message' in outcome && outcome.message.includes(folder.at('a')));
      }
    });

    it('does not write over what is typed between its look and the edit', async () => {
      let looks = 0;
      const buffers = editor('typed', asIs);
      const late = { ...buffers, dirtyText: () => ((looks += 1) > 1 ? 'typed on' : 'typed') };
      assert.equal((await write(change('a', 'typed', 'new'), late)).kind, 'stale');
      assert.deepEqual(buffers.replaced, []);
    });

    it('says so when it could not save', async () => {
      const outcome = await write(
        change('a', 'typed', 'new'),
        editor('typed', () => undefined),
      );
      assert.equal(outcome.kind, 'failed');
    });
  });

  it('says why in a folder that cannot be written', async function () {
    // Root may write anywhere but into /proc.
    const outcome = await write({ ...change('a', null, 'x'), realPath: '/proc/countersign-test' });
    assert.equal(outcome.kind, 'failed');
    if (process.getuid?.() === 0) this.skip();
    await chmod(folder.path, 0o500);
    const denied = await write(change('a', 'old\n', 'new'));
    await chmod(folder.path, 0o700);
    assert.equal(denied.kind, 'failed');
    assert.ok('message' in denied && /permission denied/.test(denied.message));
    assert.equal(await content('a'), 'old\n');
  });
});
