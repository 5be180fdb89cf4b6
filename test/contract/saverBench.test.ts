// The benchmark still works: one small round of everything. Its figures are not looked at; npm run bench has those.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../bench/run.ts', import.meta.url));

describe('bench', () => {
  it('measures every row on small sizes', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--smoke']);
    for (const row of [
      'state on disk per byte said',
      'smaller than the stock saver',
      'messages vs at 10',
      'graph and saver alone',
      'opening a paused turn',
      'process start to first approval',
      'policy, one call on 1000 rules',
      'policy, a command of 1 MB',
    ]) {
      assert.ok(stdout.includes(row), `${row} is missing in:\n${stdout}`);
    }
    assert.doesNotMatch(stdout, /NaN|undefined/);
  }).timeout(180_000);
});
