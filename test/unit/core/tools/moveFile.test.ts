// What a move proposes and what it refuses, by the paths alone.
import assert from 'node:assert/strict';
import path from 'node:path';
import { link, symlink } from 'node:fs/promises';
import { moveFile } from '../../../../src/core/tools/moveFile.ts';
import { createLocalFiles } from '../../../../src/node/files/localFiles.ts';
import { systemTexts } from '../../../../src/node/system.ts';
import { createMemoryFiles, type MemoryEntry } from '../../../fakes/memoryFiles.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import {
  describeOk,
  refusal,
  runTool,
  toolWorld,
  type ToolWorld,
} from '../../../fakes/toolContext.ts';
import type { Files } from '../../../../src/core/ports/workspace.ts';

describe('move_file', () => {
  const world = (
    tree: Record<string, MemoryEntry>,
    overlay = new Map<string, string | null>(),
  ): ToolWorld => toolWorld(createMemoryFiles(tree), { overlay });
  const AB = { from: 'src/a.ts', to: 'lib/b.ts' };

  it('proposes both paths, the hash of what is moved, and is judged for both', async () => {
    const { proposal, subject } = await describeOk(moveFile, AB, world({ 'src/a.ts': 'a\nb\n' }));
    assert.deepEqual(proposal, {
      ...{ kind: 'move', path: 'src/a.ts', realPath: '/ws/src/a.ts' },
      ...{ to: 'lib/b.ts', toReal: '/ws/lib/b.ts', outside: false },
      ...{ baseHash: systemTexts.sha256('a\nb\n'), lines: 2 },
    });
    assert.ok(subject.group === 'edit');
    assert.deepEqual([subject.op, subject.tool], ['rename', 'move_file']);
    assert.deepEqual(
      subject.paths.map(({ relReal }) => relReal),
      ['src/a.ts', 'lib/b.ts'],
    );
  });

  it('says so when one of the places is outside of the workspace', async () => {
    const where = world({ 'src/a.ts': 'a', '/tmp/x': 'x' });
    for (const args of [
      { from: 'src/a.ts', to: '/tmp/y' },
      { from: '/tmp/x', to: 'x' },
    ]) {
      const { proposal } = await describeOk(moveFile, args, where);
      assert.ok(proposal.kind === 'move' && proposal.outside);
    }
  });

  it('refuses what cannot be moved, and what is there', async () => {
    const where = world({
      'src/a.ts': 'a',
      'lib/b.ts': 'b',
      bin: { kind: 'binary', size: 3 },
      dirty: {
        kind: 'text',
        text: 'x',
        hash: systemTexts.sha256('x'),
        encoding: 'utf8',
        dirty: true,
      },
    });
    const cases: [object, RegExp][] = [
      [{ from: 'src/none.ts', to: 'x' }, /src\/none\.ts does not exist/],
      [{ from: 'src', to: 'x' }, /src is a folder; move_file moves one file/],
      [{ from: 'bin', to: 'x' }, /binary file of 3 bytes.* text files only/],
      [{ from: 'dirty', to: 'x' }, /unsaved changes in an editor/],
      [AB, /lib\/b\.ts exists already, and move_file never replaces a file/],
      [{ from: 'src/a.ts', to: 'lib' }, /lib is a folder/],
      [{ from: 'src/a.ts', to: 'new/' }, /new\/ names a folder/],
      [{ from: 'src/a.ts', to: './src/../src/a.ts' }, /its name already/],
    ];
    for (const [args, message] of cases)
      assert.match(await refusal(moveFile, args, where), message);
  });

  it('stands on what earlier calls of the batch leave', async () => {
    const files = { 'src/a.ts': 'a', 'lib/b.ts': 'b' };
    const overlay = new Map([
      ['/ws/src/a.ts', 'new\n'],
      ['/ws/lib/b.ts', null],
    ]);
    const { proposal } = await describeOk(moveFile, AB, world(files, overlay));
    assert.ok(proposal.kind === 'move');
    assert.equal(proposal.baseHash, systemTexts.sha256('new\n'));
    const made = new Map([['/ws/lib/c.ts', 'made']]);
    const taken = refusal(moveFile, { from: 'src/a.ts', to: 'lib/c.ts' }, world(files, made));
    assert.match(await taken, /exists already/);
  });

  it('refuses a link, and takes only names of one file for a move that was cut off', async () => {
    const folder = await temporaryFolder({ 'a.txt': 'a\n', 'd/x': 'x' });
    try {
      await symlink('a.txt', folder.at('link'));
      await symlink('d', folder.at('dlink'));
      await symlink('nowhere', folder.at('dangling'));
      const files = createLocalFiles({ roots: [folder.path], rgPath: '', texts: systemTexts });
      const where = toolWorld(files);
      const refused = (from: string, to: string): Promise<string> =>
        refusal(moveFile, { from, to }, where);
      assert.match(
        await refused('link', 'b'),
        /link is a link; move_file moves only a file itself/,
      );
      assert.match(await refused('a.txt', 'link'), /link is a link|exists already/);
      assert.match(await refused('a.txt', 'dangling'), /dangling is a link/);
      const { proposal } = await describeOk(moveFile, { from: 'dlink/x', to: 'dlink/y' }, where);
      assert.ok(proposal.kind === 'move');
      assert.deepEqual([proposal.realPath, proposal.toReal], [folder.at('d/x'), folder.at('d/y')]);
      await link(folder.at('a.txt'), folder.at('b.txt'));
      const half = await describeOk(moveFile, { from: 'a.txt', to: 'b.txt' }, where);
      assert.ok(half.subject.group === 'edit');
      assert.deepEqual(
        half.subject.paths.map(({ links }) => links),
        [1, 1],
      );
      // Only letters changed, where names tell them apart.
      if (process.platform === 'linux') {
        await link(folder.at('d/x'), folder.at('d/X'));
        await describeOk(moveFile, { from: 'd/x', to: 'd/X' }, where);
      }
      await link(folder.at('a.txt'), folder.at('c.txt'));
      assert.match(await refused('a.txt', 'b.txt'), /exists already/);
    } finally {
      await folder.dispose();
    }
  });

  it('changes letters of a name where names ignore case, but not onto another file', async () => {
    const memory = createMemoryFiles({ 'src/name.ts': 'a' });
    const stored = '/ws/src/name.ts';
    const ignoring: Files = {
      ...memory,
      // As a file system that ignores case: another spelling leads to what is stored.
      resolve: async (input) => {
        const found = await memory.resolve(input);
        const same = found.lexical.toLowerCase() === stored;
        return same ? { ...found, exists: true, real: stored, relReal: 'src/name.ts' } : found;
      },
    };
    const args = { from: 'src/name.ts', to: 'src/Name.ts' };
    const { proposal } = await describeOk(moveFile, args, toolWorld(ignoring));
    assert.ok(proposal.kind === 'move');
    assert.deepEqual([path.basename(proposal.toReal), proposal.realPath], ['Name.ts', stored]);
    const both = world({ 'src/name.ts': 'a', 'src/Name.ts': 'b' });
    assert.match(await refusal(moveFile, args, both), /exists already/);
  });

  it('moves exactly what the proposal says, and tells what became of it', async () => {
    const where = world({ 'src/a.ts': 'a' });
    const done = await runTool(moveFile, AB, where);
    assert.deepEqual([done.outcome, done.text], ['ok', 'Moved src/a.ts to lib/b.ts.']);
    const baseHash = systemTexts.sha256('a');
    assert.deepEqual(where.moves, [{ realPath: '/ws/src/a.ts', toReal: '/ws/lib/b.ts', baseHash }]);
    where.answers.write = { kind: 'stale', message: 'it has changed.' };
    const stale = await runTool(moveFile, AB, where);
    assert.deepEqual(stale.outcome, 'error');
    assert.match(stale.text, /^Not moved: it has changed\./);
    const aborted = toolWorld(createMemoryFiles({ 'src/a.ts': 'a' }), {
      signal: AbortSignal.abort(),
    });
    assert.equal((await runTool(moveFile, AB, aborted)).outcome, 'cancelled');
    assert.deepEqual(aborted.moves, []);
  });
});
