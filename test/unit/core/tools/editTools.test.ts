import assert from 'node:assert/strict';
import { deleteFile } from '../../../../src/core/tools/deleteFile.ts';
import { editFile } from '../../../../src/core/tools/editFile.ts';
import { writeFile } from '../../../../src/core/tools/writeFile.ts';
import { createMemoryFiles, type MemoryEntry } from '../../../fakes/memoryFiles.ts';
import { describeOk, refusal, runTool, toolWorld } from '../../../fakes/toolContext.ts';
import { systemTexts } from '../../../../src/node/system.ts';
import type { EditProposal } from '../../../../src/protocol/calls.ts';
import type { Tool } from '../../../../src/core/tools/tool.ts';

const sha = (text: string): string => systemTexts.sha256(text);

function world(tree: Record<string, MemoryEntry>, overlay?: Map<string, string | null>) {
  return toolWorld(createMemoryFiles(tree), overlay ? { overlay } : {});
}

async function proposalOf(
  tool: Tool,
  args: unknown,
  where: ReturnType<typeof world>,
): Promise<EditProposal> {
  const { proposal } = await describeOk(tool, args, where);
  assert.ok(proposal.kind === 'edit');
  return proposal;
}

describe('edit_file', () => {
  const edit = (old_string: string, new_string: string, more: object = {}) => ({
    path: 'src/a.ts',
    old_string,
    new_string,
    ...more,
  });

  it('proposes the whole new text with both hashes, and changes nothing', async () => {
    const where = world({ 'src/a.ts': 'let a = 1;\nlet b = 2;\n' });
    const described = await describeOk(editFile, edit('b = 2', 'b = 3'), where);
    assert.deepEqual(described.proposal, {
      kind: 'edit',
      change: 'modify',
      path: 'src/a.ts',
      realPath: '/ws/src/a.ts',
      outside: false,
      baseHash: sha('let a = 1;\nlet b = 2;\n'),
      newHash: sha('let a = 1;\nlet b = 3;\n'),
      newText: 'let a = 1;\nlet b = 3;\n',
      encoding: 'utf8',
      added: 1,
      removed: 1,
      hunks: [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1 }],
    });
    assert.deepEqual(described.subject, {
      group: 'edit',
      tool: 'edit_file',
      op: 'edit',
      paths: [await where.files.resolve('src/a.ts')],
    });
    assert.deepEqual(where.changes, []);
  });

  it('chains on earlier edits of the batch', async () => {
    const where = world({ 'src/a.ts': 'one\n' }, new Map([['/ws/src/a.ts', 'two\n']]));
    const proposal = await proposalOf(editFile, edit('two', 'three'), where);
    assert.equal(proposal.baseHash, sha('two\n'));
    assert.equal(proposal.newText, 'three\n');
    assert.match(await refusal(editFile, edit('one', 'x'), where), /was not found/);
    const gone = world({ 'src/a.ts': 'one\n' }, new Map([['/ws/src/a.ts', null]]));
    assert.match(await refusal(editFile, edit('one', 'x'), gone), /does not exist/);
  });

  it('keeps a byte order mark, on chained edits too', async () => {
    const bom = {
      kind: 'text',
      text: 'one\n',
      hash: sha('one\n'),
      encoding: 'utf8bom',
      dirty: false,
    };
    const tree = { 'src/a.ts': bom as MemoryEntry };
    assert.equal((await proposalOf(editFile, edit('one', 'x'), world(tree))).encoding, 'utf8bom');
    const chained = world(tree, new Map([['/ws/src/a.ts', 'two\n']]));
    assert.equal((await proposalOf(editFile, edit('two', 'x'), chained)).encoding, 'utf8bom');
  });

  it('takes a new byte order mark for encoding, not text', async () => {
    const where = world({ 'src/a.ts': 'one' });
    const proposal = await proposalOf(editFile, edit('one', '\uFEFFtwo'), where);
    assert.equal(proposal.newText, 'two');
    assert.equal(proposal.encoding, 'utf8bom');
  });

  it('says what is wrong with the strings', async () => {
    const where = world({ 'src/a.ts': 'x\n  y\nx\n' });
    assert.match(await refusal(editFile, edit('', 'a'), where), /old_string is empty/);
    assert.match(await refusal(editFile, edit('a', 'a'), where), /are the same/);
    assert.match(await refusal(editFile, edit('x', 'z'), where), /matches 2 times .* lines 1, 3\./);
    assert.match(await refusal(editFile, edit('nope', 'z'), where), /was not found.*4 lines.*Read/);
    assert.match(await refusal(editFile, edit('x\ny', 'z'), where), /would match at line 1 if/);
  });

  it('gives no hint about a file outside the workspace', async () => {
    const where = world({ '/etc/secret': 'PASSWORD=a\nPASSWORD=b\n' });
    for (const old of ['PASSWORD', 'nope', ' PASSWORD=a']) {
      const message = await refusal(
        editFile,
        { path: '/etc/secret', old_string: old, new_string: 'x' },
        where,
      );
      assert.equal(message, 'old_string does not match exactly once in /etc/secret.');
    }
  });

  it('replaces everything when asked', async () => {
    const where = world({ 'src/a.ts': 'x\nx\n' });
    const proposal = await proposalOf(editFile, edit('x', 'y', { replace_all: true }), where);
    assert.equal(proposal.newText, 'y\ny\n');
    assert.equal(proposal.added, 2);
  });

  it('marks a path outside the workspace and leaves the judgement to policy', async () => {
    const where = world({ '/other/f': 'a' });
    const args = { path: '../other/f', old_string: 'a', new_string: 'b' };
    const proposal = await proposalOf(editFile, args, where);
    assert.equal(proposal.outside, true);
    assert.equal(proposal.path, '/other/f');
  });

  const unreadable: [string, MemoryEntry, RegExp][] = [
    ['binary', { kind: 'binary', size: 9 }, /binary file of 9 bytes/],
    ['not UTF-8', { kind: 'notUtf8', size: 9 }, /not UTF-8/],
    ['too large', { kind: 'tooLarge', size: 9, limit: 5 }, /9 bytes, more than the limit of 5/],
    ['unreadable', { kind: 'failed', message: 'permission denied' }, /permission denied/],
  ];
  for (const [name, entry, message] of unreadable) {
    it(`refuses a file that is ${name}, with every edit tool`, async () => {
      const where = world({ 'src/a.ts': entry });
      assert.match(await refusal(editFile, edit('a', 'b'), where), message);
      assert.match(await refusal(writeFile, { path: 'src/a.ts', content: '' }, where), message);
      assert.match(await refusal(deleteFile, { path: 'src/a.ts' }, where), message);
    });
  }

  it('refuses a folder, a missing file and a missing workspace', async () => {
    const where = world({ 'src/a.ts': 'a' });
    const at = (path: string) => ({ path, old_string: 'a', new_string: 'b' });
    assert.match(await refusal(editFile, at('src'), where), /is a folder/);
    assert.match(await refusal(editFile, at('no.ts'), where), /does not exist.*write_file/);
    const none = toolWorld(createMemoryFiles({}, []));
    assert.match(await refusal(editFile, at('a.ts'), none), /No workspace folder is open/);
  });
});

describe('write_file', () => {
  it('creates a file that must not exist yet', async () => {
    const where = world({});
    const args = { path: 'new/x.ts', content: 'a\nb\n' };
    const proposal = await proposalOf(writeFile, args, where);
    assert.deepEqual(
      [proposal.change, proposal.baseHash, proposal.newHash, proposal.added, proposal.removed],
      ['create', null, sha('a\nb\n'), 2, 0],
    );
  });

  it('creates an empty file', async () => {
    const proposal = await proposalOf(writeFile, { path: 'x', content: '' }, world({}));
    assert.deepEqual([proposal.change, proposal.newText], ['create', '']);
  });

  it('replaces a file and keeps CRLF where the file is CRLF throughout', async () => {
    const where = world({ crlf: 'a\r\nb\r\n', mixed: 'a\r\nb\n' });
    const crlf = await proposalOf(writeFile, { path: 'crlf', content: 'a\nc\n' }, where);
    assert.equal(crlf.newText, 'a\r\nc\r\n');
    assert.deepEqual([crlf.change, crlf.added, crlf.removed], ['modify', 1, 1]);
    const mixed = await proposalOf(writeFile, { path: 'mixed', content: 'a\nc\n' }, where);
    assert.equal(mixed.newText, 'a\nc\n');
  });

  it('refuses what changes nothing, and what is too large', async () => {
    const where = world({ a: 'same' });
    assert.match(
      await refusal(writeFile, { path: 'a', content: 'same' }, where),
      /already has exactly this content/,
    );
    const large = '€'.repeat(700_000);
    assert.match(await refusal(writeFile, { path: 'a', content: large }, where), /larger than/);
  });

  it('refuses text that no file can store', () => {
    assert.equal(writeFile.schema.safeParse({ path: 'a', content: 'x\uD800' }).success, false);
    assert.equal(writeFile.schema.safeParse({ path: 'a', content: 'x😀' }).success, true);
  });
});

describe('delete_file', () => {
  it('proposes the deletion of a text file', async () => {
    const where = world({ a: 'one\ntwo\n' });
    const described = await describeOk(deleteFile, { path: 'a' }, where);
    assert.ok(described.proposal.kind === 'edit' && described.subject.group === 'edit');
    const { change, newText, newHash, baseHash, removed } = described.proposal;
    assert.deepEqual([change, newText, newHash, removed], ['delete', null, null, 2]);
    assert.equal(baseHash, sha('one\ntwo\n'));
    assert.equal(described.subject.op, 'delete');
  });

  it('refuses folders and what is not there', async () => {
    const where = world({ 'src/a': 'x' });
    assert.match(await refusal(deleteFile, { path: 'src' }, where), /is a folder/);
    assert.match(await refusal(deleteFile, { path: 'b' }, where), /does not exist/);
  });
});

describe('performing an edit', () => {
  const args = { path: 'a', content: 'new\n' };

  it('writes what the proposal says and nothing from the arguments', async () => {
    const where = world({ a: 'old\n' });
    const proposal = await proposalOf(writeFile, args, where);
    const done = await writeFile.perform(
      proposal,
      { path: 'elsewhere', content: 'other' },
      where.performContext,
    );
    assert.deepEqual(done, { outcome: 'ok', text: 'Edited a: 1 line added, 1 removed.' });
    assert.deepEqual(where.changes, [
      { realPath: '/ws/a', baseHash: sha('old\n'), newText: 'new\n', encoding: 'utf8' },
    ]);
  });

  it('tells creation and deletion', async () => {
    assert.equal((await runTool(writeFile, args, world({}))).text, 'Created a with 1 line.');
    assert.equal((await runTool(deleteFile, { path: 'a' }, world({ a: 'x' }))).text, 'Deleted a.');
  });

  it('passes on why nothing was written', async () => {
    const where = world({ a: 'old\n' });
    where.answers.write = { kind: 'stale', message: 'a has changed.' };
    const stale = await runTool(writeFile, args, where);
    assert.equal(stale.outcome, 'error');
    assert.match(stale.text, /Not written: a has changed\. Read the file again/);
    where.answers.write = { kind: 'failed', message: 'a: the disk is full.' };
    assert.deepEqual(
      { ...(await runTool(writeFile, args, where)), proposal: null },
      { outcome: 'error', text: 'Not written: a: the disk is full.', proposal: null },
    );
  });

  it('does not claim that what was written is what was approved', async () => {
    const where = world({ a: 'old\n' });
    where.answers.write = { kind: 'differs', message: 'the editor saved a otherwise.' };
    const { outcome, text } = await runTool(writeFile, args, where);
    assert.equal(outcome, 'error');
    assert.equal(text, 'Not as approved: the editor saved a otherwise. Read the file again.');
  });

  it('does nothing once cancelled', async () => {
    const where = toolWorld(createMemoryFiles({ a: 'x' }), { signal: AbortSignal.abort() });
    assert.equal((await runTool(writeFile, args, where)).outcome, 'cancelled');
    assert.deepEqual(where.changes, []);
  });
});

describe("the human's text in place of the agent's", () => {
  it('keeps path and base, and takes the text as given', async () => {
    const where = world({ a: 'one\r\ntwo\r\n' }, new Map([['/ws/a', 'one\r\ntwo\r\n']]));
    const proposal = await proposalOf(writeFile, { path: 'a', content: 'one\n2\n' }, where);
    const edited = writeFile.withContent?.(proposal, 'one\nzwei\ndrei\n', where.describeContext);
    // The hunks were those of the agent's text.
    const { hunks, ...rest } = proposal;
    assert.equal(hunks?.length, 1);
    assert.deepEqual(edited, {
      ...rest,
      newText: 'one\nzwei\ndrei\n',
      newHash: sha('one\nzwei\ndrei\n'),
      added: 3,
      removed: 2,
    });
  });

  it('counts a new file against nothing', async () => {
    const where = world({});
    const proposal = await proposalOf(writeFile, { path: 'a', content: 'x\n' }, where);
    const edited = writeFile.withContent?.(proposal, '1\n2\n', where.describeContext);
    assert.ok(edited?.kind === 'edit');
    assert.deepEqual([edited.added, edited.removed], [2, 0]);
  });

  it('is counted exactly in what the model is told, whatever the proposal could know', async () => {
    const where = world({ a: '1\n2\n3\n' });
    const proposal = await proposalOf(writeFile, { path: 'a', content: '1\nx\ny\n3\n' }, where);
    const edited = writeFile.withContent?.(proposal, '1\n2\n3\n4\n', where.describeContext);
    assert.ok(edited);
    const done = await writeFile.perform(edited, { path: 'a', content: '' }, where.performContext);
    assert.equal(done.text, 'Edited a: 1 line added, 0 removed.');
  });

  it('is not offered for deletions', () => {
    assert.equal('withContent' in deleteFile, false);
  });
});
