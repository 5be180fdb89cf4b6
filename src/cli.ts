// Entry point of the command line. Makes sure that Node can load SQLite, then hands over to the engine bundle.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { handOverKey } from './node/cli/handOverKey.ts';
import { keepYoungSmall } from './node/cli/heap.ts';

/** better-sqlite3 is built for Node-API 10: Node 22.14 and later. On an older one it would crash without a word. */
function nodeIsNewEnough(): boolean {
  return Number(process.versions.napi) >= 10;
}

/** Runs the same command line on the Node that the project installs for itself, when it is there. This one waits for it. */
function rerunOnBundledNode(): number {
  const exe = process.platform === 'win32' ? 'node.exe' : 'node';
  const bundled = path.join(__dirname, '..', 'node_modules', 'node', 'bin', exe);
  if (!existsSync(bundled)) {
    process.stderr.write(
      `Countersign needs Node 22.14 or newer; this is ${process.version}. Install a newer Node and run the command again.\n`,
    );
    return 2;
  }
  const run = spawnSync(bundled, [__filename, ...process.argv.slice(2)], { stdio: 'inherit' });
  return run.status ?? 1;
}

async function main(): Promise<number> {
  if (!nodeIsNewEnough()) return rerunOnBundledNode();
  handOverKey(__filename, process.argv.slice(2));
  module.enableCompileCache?.();
  const { runCli } = await import('./engine.ts');
  keepYoungSmall();
  return runCli(process.argv.slice(2), { distDir: __dirname });
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
