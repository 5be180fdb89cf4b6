// Builds the extension through the project's own esbuild.mjs.
import path from 'node:path';
import { nodePath, ROOT } from './paths.mjs';
import { cleanEnv, step } from './process.mjs';

/** @param {string[]} [args] passed on to esbuild.mjs */
export async function build(args = []) {
  await step('building', [nodePath(), path.join(ROOT, 'esbuild.mjs'), ...args], {
    env: cleanEnv(),
  });
}
