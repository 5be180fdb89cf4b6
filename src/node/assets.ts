// Where the files beside the code lie in a build.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Assets } from '../core/services.ts';

/** Assets of a build whose bundles lie in `distDir`; the demo lies beside it under media/. */
export function assetsOf(distDir: string): Assets {
  const nativeBinding = path.join(distDir, 'native', 'better_sqlite3.node');
  return {
    wasmDir: path.join(distDir, 'wasm'),
    rgPath: path.join(distDir, 'bin', process.platform === 'win32' ? 'rg.exe' : 'rg'),
    demoScript: path.join(distDir, '..', 'media', 'demo', 'demo.json'),
    ...(existsSync(nativeBinding) ? { nativeBinding } : {}),
  };
}
