// npm run test:desktop: the in-host suites in a downloaded VS Code for the desktop.
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from './build.mjs';
import { ROOT } from './paths.mjs';
import { runMain, SetupError } from './process.mjs';
import { ensureDependencies } from './setup.mjs';

await runMain(async () => {
  await ensureDependencies();
  await build();
  const { downloadAndUnzipVSCode, runTests } = await import('@vscode/test-electron');
  const vscodeExecutablePath = await downloadAndUnzipVSCode({ version: 'stable' }).catch(
    (error) => {
      throw new SetupError(
        `VS Code for the desktop could not be downloaded (${error.message}): run the same suites with npm test -- --level vscode.`,
      );
    },
  );
  const workspace = mkdtempSync(path.join(tmpdir(), 'countersign-desktop-'));
  try {
    const sample = path.join(ROOT, 'media', 'sample');
    if (existsSync(sample)) cpSync(sample, workspace, { recursive: true });
    return await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: [ROOT, path.join(ROOT, 'test', 'vscode', 'modelExtension')],
      extensionTestsPath: path.join(ROOT, 'dist', 'test', 'vscode', 'index.js'),
      launchArgs: [workspace, '--disable-extensions', '--disable-workspace-trust'],
    });
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
});
