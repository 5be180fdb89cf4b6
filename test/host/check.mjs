// Static checks: types, lint, formatting. `node test/host/check.mjs [typecheck|lint|format]...`, default all.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { nodePath, ROOT } from './paths.mjs';
import { cleanEnv, elapsed, run, runMain, say } from './process.mjs';
import { ensureDependencies } from './setup.mjs';

/** @typedef {{ kind: string, label: string, args: string[] }} Check */

/** @returns {Check[]} */
function allChecks() {
  const tsc = 'node_modules/typescript/bin/tsc';
  const webview = existsSync(path.join(ROOT, 'webview', 'tsconfig.json'));
  return [
    { kind: 'typecheck', label: 'types', args: [tsc, '--noEmit', '-p', '.'] },
    ...(webview
      ? [
          {
            kind: 'typecheck',
            label: 'types of the webview',
            args: [tsc, '--noEmit', '-p', 'webview'],
          },
        ]
      : []),
    {
      kind: 'lint',
      label: 'lint',
      args: ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings=0'],
    },
    {
      kind: 'format',
      label: 'formatting',
      args: ['node_modules/prettier/bin/prettier.cjs', '--check', '.'],
    },
  ];
}

/**
 * Runs the checks side by side and prints what they complain about.
 * @param {string[]} [kinds] default: all
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks(kinds = []) {
  const chosen = allChecks().filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
  const results = await Promise.all(chosen.map(runCheck));
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed };
}

/** @param {Check} check @returns {Promise<boolean>} */
async function runCheck({ label, args }) {
  const started = Date.now();
  const { code, output } = await run([nodePath(), ...args], { env: cleanEnv() });
  say(`  ${code === 0 ? '✔' : '✖'} ${label} (${elapsed(started)})`);
  if (code !== 0) say(output.trimEnd());
  return code === 0;
}

if (process.argv[1]?.endsWith('check.mjs')) {
  await runMain(async () => {
    await ensureDependencies();
    const { failed } = await runChecks(process.argv.slice(2));
    return failed > 0 ? 1 : 0;
  });
}
