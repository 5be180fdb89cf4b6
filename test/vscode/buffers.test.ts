// Open documents as the tools see and change them.
import assert from 'node:assert/strict';
import { readFile, writeFile, rm } from 'node:fs/promises';
import * as vscode from 'vscode';
import { createBuffers } from '../../src/vscode/buffers.ts';
import { inWorkspace, openFile, type } from './support.ts';

describe('editor buffers', () => {
  const buffers = createBuffers();

  it('a file that is not open has no buffer and is not replaced', async () => {
    const file = inWorkspace('closed.txt');
    await writeFile(file, 'on disk');
    assert.equal(buffers.dirtyText(file), undefined);
    assert.equal(await buffers.replaceText(file, 'other'), false);
    assert.equal(await readFile(file, 'utf8'), 'on disk');
    await rm(file);
  });

  it('unsaved text is seen, saved text is not dirty', async () => {
    const { file, document, dispose } = await openFile('dirty.txt', 'disk\n');
    assert.equal(buffers.dirtyText(file), undefined);
    await type(document, 'typed ');
    assert.equal(buffers.dirtyText(file), 'typed disk\n');
    await dispose();
  });

  it('a replaced text is saved and can be undone', async () => {
    const { file, document, dispose } = await openFile('undo.txt', 'one\ntwo\n');
    assert.equal(await buffers.replaceText(file, 'größe\nthree'), true);
    assert.equal(document.isDirty, false);
    assert.equal(await readFile(file, 'utf8'), 'größe\nthree');
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), 'one\ntwo\n');
    await dispose();
  });

  it('CRLF stays CRLF, and line ends may change when the text says so', async () => {
    const { file, document, dispose } = await openFile('crlf.txt', 'a\r\nb\r\n');
    assert.equal(document.eol, vscode.EndOfLine.CRLF);
    assert.equal(await buffers.replaceText(file, 'x\r\ny\r\n'), true);
    assert.equal(await readFile(file, 'utf8'), 'x\r\ny\r\n');
    assert.equal(await buffers.replaceText(file, 'x\ny\n'), true);
    assert.equal(await readFile(file, 'utf8'), 'x\ny\n');
    await dispose();
  });

  it('an emptied file is empty', async () => {
    const { file, dispose } = await openFile('empty.txt', 'text\n');
    assert.equal(await buffers.replaceText(file, ''), true);
    assert.equal(await readFile(file, 'utf8'), '');
    await dispose();
  });
});
