import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findFiles } from '../../../../src/core/tools/findFiles.ts';
import { listDirectory } from '../../../../src/core/tools/listDirectory.ts';
import { readFile } from '../../../../src/core/tools/readFile.ts';
import { searchText } from '../../../../src/core/tools/searchText.ts';
import { createMemoryFiles } from '../../../fakes/memoryFiles.ts';
import { describeOk, refusal, runTool, toolWorld } from '../../../fakes/toolContext.ts';
import type { Files } from '../../../../src/core/ports/workspace.ts';

const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

async function read(text: string, args: object = {}): Promise<{ outcome: string; text: string }> {
  const { outcome, text: result } = await runTool(
    readFile,
    { path: 'f', ...args },
    toolWorld(createMemoryFiles({ f: text })),
  );
  return { outcome, text: result };
}

describe('read_file', () => {
  it('proposes without looking at the file', async () => {
    const files: Files = {
      ...createMemoryFiles(),
      read: () => Promise.reject(new Error('looked')),
    };
    const described = await describeOk(readFile, { path: '../x/.env' }, toolWorld(files));
    assert.deepEqual(described, {
      ok: true,
      proposal: { kind: 'read', target: '/x/.env', realPath: '/x/.env', outside: true },
      subject: { group: 'read', tool: 'read_file', path: await files.resolve('../x/.env') },
    });
  });

  it('gives a whole file exactly as it is', async () => {
    const text = 'a\r\nb\n\tc';
    assert.deepEqual(await read(text), { outcome: 'ok', text });
  });

  it('gives a range with a line that says which', async () => {
    assert.deepEqual(await read(lines(5), { offset: 2, limit: 2 }), {
      outcome: 'ok',
      text: '[f: lines 2 to 3 of 5; read on with offset 4]\nline 2\nline 3\n',
    });
    assert.deepEqual(await read(lines(3), { offset: 3 }), {
      outcome: 'ok',
      text: '[f: lines 3 to 3 of 3]\nline 3\n',
    });
  });

  it('reads 2000 lines by default', async () => {
    const { text } = await read(lines(2001));
    assert.match(text, /^\[f: lines 1 to 2000 of 2001; read on with offset 2001\]\n/);
    assert.equal((await read(lines(2000))).text, lines(2000));
  });

  it('caps the characters at whole lines', async () => {
    const { text } = await read(`${'x'.repeat(999)}\n`.repeat(100));
    assert.match(text, /^\[f: lines 1 to 60 of 100; read on with offset 61\]\n/);
    assert.ok(text.length < 60_100);
  });

  it('cuts a single huge line without splitting a character', async () => {
    const { text } = await read(`x${'😀'.repeat(40_000)}`);
    assert.match(text, /^\[f: lines 1 to 1 of 1; line 1 is cut after 60000 characters\]\n/);
    assert.ok(text.isWellFormed());
  });

  it('says so when there is nothing at the offset, or nothing at all', async () => {
    assert.deepEqual(await read(lines(3), { offset: 4 }), {
      outcome: 'error',
      text: 'f has only 3 lines.',
    });
    assert.deepEqual(await read(''), { outcome: 'ok', text: '[f is empty]' });
  });

  it('can read on until every line was seen (property)', async () => {
    const anyText = fc.array(fc.constantFrom('a', '\n', '\r\n', 'é', '😀'), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(anyText, fc.integer({ min: 1, max: 5 }), async (parts, limit) => {
        const whole = parts.join('');
        let collected = '';
        for (let offset: number | undefined = 1; offset !== undefined;) {
          const { text } = await read(whole, { offset, limit });
          const header = /^\[f: lines .*?(?:offset (\d+))?\]\n/.exec(text);
          collected += text.slice(header?.[0].length ?? 0);
          offset = header?.[1] === undefined ? undefined : Number(header[1]);
        }
        assert.equal(collected, whole);
      }),
    );
  });

  it('describes what is no text', async () => {
    const world = toolWorld(
      createMemoryFiles({
        bin: { kind: 'binary', size: 12 },
        'src/a': '',
        big: { kind: 'tooLarge', size: 9, limit: 8 },
      }),
    );
    assert.match((await runTool(readFile, { path: 'bin' }, world)).text, /binary file of 12 bytes/);
    assert.match((await runTool(readFile, { path: 'src' }, world)).text, /is a folder/);
    assert.match((await runTool(readFile, { path: 'big' }, world)).text, /search_text/);
    const missing = await runTool(readFile, { path: 'none' }, world);
    assert.equal(missing.outcome, 'error');
    assert.match(missing.text, /none does not exist/);
  });

  it('needs a workspace folder', async () => {
    const world = toolWorld(createMemoryFiles({}, []));
    for (const tool of [readFile, listDirectory, findFiles, searchText]) {
      const args = { path: '/etc', pattern: 'x' };
      assert.match(
        await refusal(tool, pick(tool.name, args), world),
        /No workspace folder is open/,
      );
    }
  });
});

function pick(tool: string, args: { path: string; pattern: string }): object {
  return tool === 'read_file' || tool === 'list_directory' ? { path: args.path } : args;
}

describe('list_directory, find_files and search_text', () => {
  const tree = { 'src/a.ts': 'const a = 1;\n', 'src/deep/b.ts': 'const b = 2;\n', x: '12345' };
  const run = async (tool: typeof readFile, args: object) => {
    const { outcome, text } = await runTool(tool, args, toolWorld(createMemoryFiles(tree)));
    return { outcome, text };
  };

  it('list folders and files with sizes', async () => {
    assert.deepEqual(await run(listDirectory, { path: '.' }), {
      outcome: 'ok',
      text: 'src/\nx (5)',
    });
    assert.deepEqual(await run(listDirectory, { path: 'src', depth: 2 }), {
      outcome: 'ok',
      text: 'a.ts (13)\ndeep/\ndeep/b.ts (13)',
    });
    assert.deepEqual(await run(listDirectory, { path: 'none' }), {
      outcome: 'error',
      text: 'none: it does not exist',
    });
  });

  it('find files', async () => {
    assert.deepEqual(await run(findFiles, { pattern: '*.ts' }), {
      outcome: 'ok',
      text: 'src/a.ts\nsrc/deep/b.ts',
    });
    assert.deepEqual(await run(findFiles, { pattern: '*.md', path: 'src' }), {
      outcome: 'ok',
      text: '[no file matches *.md in src]',
    });
  });

  it('find text', async () => {
    assert.deepEqual(await run(searchText, { pattern: 'CONST' }), {
      outcome: 'ok',
      text: 'src/a.ts:1: const a = 1;\nsrc/deep/b.ts:1: const b = 2;',
    });
    assert.deepEqual(await run(searchText, { pattern: 'const', max_results: 1 }), {
      outcome: 'ok',
      text: 'src/a.ts:1: const a = 1;\n[more lines match; narrow the search]',
    });
    assert.deepEqual(await run(searchText, { pattern: 'zzz', path: 'src' }), {
      outcome: 'ok',
      text: '[nothing found in src]',
    });
    assert.equal((await run(searchText, { pattern: '(', is_regex: true })).outcome, 'error');
  });

  it('cap what they give', async () => {
    const long = Object.fromEntries(
      Array.from({ length: 800 }, (_, i) => [
        `${'n'.repeat(200)}${String(i).padStart(3, '0')}`,
        '',
      ]),
    );
    const world = toolWorld(createMemoryFiles(long));
    const found = await runTool(findFiles, { pattern: '*' }, world);
    assert.ok(found.text.length < 60_100);
    assert.match(found.text, /\[more files match; use a narrower pattern\]$/);
    const listed = await runTool(listDirectory, { path: '.' }, world);
    assert.match(listed.text, /\[more entries are not shown\]$/);
  });

  it('end as cancelled on an abort', async () => {
    const world = toolWorld(createMemoryFiles(tree), { signal: AbortSignal.abort() });
    for (const tool of [findFiles, searchText]) {
      assert.equal((await runTool(tool, { pattern: 'a' }, world)).outcome, 'cancelled');
    }
  });
});
