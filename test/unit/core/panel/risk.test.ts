// Which approvals need the native confirmation, from real proposals.
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { riskyRequests } from '../../../../src/core/panel/risk.ts';
import { openBench, type Bench } from '../agent/support.ts';

describe('approvals of high risk', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await openBench({ 'package.json': '{}', 'plain.txt': 'x' });
  });
  afterEach(() => bench.dispose());

  async function risksOf(path: string, type: 'approve' | 'reject' = 'approve'): Promise<string[]> {
    const args = { path, content: 'new\n' };
    bench.say({ calls: [{ id: 'c1', name: 'write_file', args }] });
    await bench.run();
    return riskyRequests(await bench.action(), { c1: { type } }, new Map());
  }

  it('a plain file inside the workspace is none', async () => {
    assert.deepEqual(await risksOf('plain.txt'), []);
  });

  for (const path of [
    'package.json',
    '.vscode/settings.json',
    '.github/workflows/ci.yml',
    '.env',
  ]) {
    it(`${path} is one, with what it is; rejecting it is none`, async () => {
      const [line, ...others] = await risksOf(path);
      assert.ok(line?.startsWith(`write_file: ${path} (protected: `), line);
      assert.deepEqual(others, []);
      const action = await bench.action();
      assert.deepEqual(riskyRequests(action, { c1: { type: 'reject' } }, new Map()), []);
    });
  }

  it('a link that leads to a protected file is one (U5)', async () => {
    symlinkSync(bench.at('package.json'), bench.at('harmless.txt'));
    assert.equal((await risksOf('harmless.txt')).length, 1);
  });

  it('a file outside the workspace is one, with its real path', async () => {
    const outside = bench.folder.at('elsewhere.txt');
    assert.deepEqual(await risksOf(outside), [`write_file: ${outside} (outside the workspace)`]);
  });
});
