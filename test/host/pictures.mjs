// npm run pictures: makes the pictures of README and walkthrough anew, from the real workbench. Look at them before committing.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { nodePath, ROOT } from './paths.mjs';
import { runMain } from './process.mjs';

await runMain(async () => {
  const run = path.join(ROOT, 'test', 'run.mjs');
  const child = spawn(nodePath(), [run, '--level', 'browser', '--grep', 'the demo, dark'], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, COUNTERSIGN_UPDATE_SCREENSHOTS: '1' },
  });
  return await new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
});
