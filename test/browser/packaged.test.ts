// The packaged extension, installed from its VSIX as a user would: small, and it passes the demo.
// It is built in a copy of the sources, because a production build empties dist/.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nodePath, ROOT } from '../host/paths.mjs';
import { sampleTree } from './support/folder.ts';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';

const LIMIT = 8 * 1024 * 1024;
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.host', 'output']);

/** A copy of the sources with the packages of this tree. */
function copyOfSources(): string {
  const copy = realpathSync(mkdtempSync(path.join(tmpdir(), 'countersign-package-')));
  cpSync(ROOT, copy, { recursive: true, filter: (source) => !LEFT_OUT.has(path.basename(source)) });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'), 'junction');
  return copy;
}

describe('packaged', () => {
  let copy = '';
  let vsix = '';
  let session: Session | undefined;

  before(() => {
    copy = copyOfSources();
  });
  after(async () => {
    await session?.stop();
    rmSync(copy, { recursive: true, force: true, maxRetries: 5 });
  });
  pictureOnFailure(() => session);

  it('is made by npm run package and has at most 8 MB', function () {
    const made = spawnSync(nodePath(), ['test/host/package.mjs'], { cwd: copy, encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
    const name = readdirSync(path.join(copy, 'dist')).find((file) => file.endsWith('.vsix'));
    assert.ok(name, 'no VSIX was made');
    vsix = path.join(copy, 'dist', name);
    const { size } = statSync(vsix);
    assert.ok(size <= LIMIT, `${size} bytes`);
    this.test!.title += `: ${(size / 1024 / 1024).toFixed(2)} MB`;
  });

  it('installed, passes the demo: question, edit, command', async () => {
    session = await startSession({ host: { vsix } });
    const { bench, chat, folder } = session;
    await bench.runCommand('Countersign: Try the Demo');
    await (await chat.armed('demo-ask')).getByTestId('option-half up').click();
    await chat.decide('demo-ask', 'answer');
    await chat.decide('demo-edit', 'approve');
    await chat.decide('demo-test', 'approve');
    assert.deepEqual(folder.tree(), sampleTree());
    await chat.submit();
    await chat.turn('finished');
    await chat.line('demo-test', '[data-outcome=ok]').waitFor();
    const changed = Object.entries(folder.tree()).filter(
      ([name, text]) => sampleTree()[name] !== text,
    );
    assert.deepEqual(
      changed.map(([name]) => name),
      ['src/price.ts'],
    );
    assert.match(folder.read('src/price.ts'), /rounded once, after adding/);
  });
});
