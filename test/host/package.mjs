// npm run package: a production build, packed into dist/countersign-<target>.vsix, which must stay small.
import { mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { build } from './build.mjs';
import { parseOptions } from './options.mjs';
import { nodePath, ROOT } from './paths.mjs';
import { cleanEnv, runMain, say, SetupError, step } from './process.mjs';
import { ensureDependencies } from './setup.mjs';

const LIMIT = 8 * 1024 * 1024;
const USAGE = `Usage: npm run package [-- --target TARGET]

  --target  VS Code platform, like linux-x64, darwin-arm64, win32-x64; default: this machine's`;

await runMain(async () => {
  const values = parseOptions(USAGE, { target: { type: 'string' } });
  const target = values.target ?? `${process.platform}-${process.arch}`;
  await ensureDependencies();
  await build(['--production', '--target', target]);
  const vsix = path.join(ROOT, 'dist', `countersign-${target}.vsix`);
  mkdirSync(path.dirname(vsix), { recursive: true });
  rmSync(vsix, { force: true });
  const vsce = path.join(ROOT, 'node_modules', '@vscode', 'vsce', 'vsce');
  const args = ['package', '--no-dependencies', '--allow-missing-repository'];
  args.push('--no-rewrite-relative-links', '--target', target);
  await step('packing', [nodePath(), vsce, ...args, '--out', vsix], { env: cleanEnv() });
  const { size } = statSync(vsix);
  const megabytes = (size / 1024 / 1024).toFixed(2);
  if (size > LIMIT) {
    rmSync(vsix);
    throw new SetupError(
      `The package for ${target} has ${megabytes} MB; at most 8 MB are allowed.`,
    );
  }
  say(`${path.relative(ROOT, vsix)}: ${megabytes} MB`);
});
