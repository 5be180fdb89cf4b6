// A real folder for one test.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface TemporaryFolder {
  /** Real absolute path. */
  path: string;
  at: (relative: string) => string;
  dispose: () => Promise<void>;
}

export async function temporaryFolder(
  tree: Record<string, string | Uint8Array> = {},
): Promise<TemporaryFolder> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'countersign-test-')));
  const at = (relative: string): string => path.join(folder, relative);
  for (const [name, content] of Object.entries(tree)) {
    await mkdir(path.dirname(at(name)), { recursive: true });
    await writeFile(at(name), content);
  }
  return { path: folder, at, dispose: () => rm(folder, { recursive: true, force: true }) };
}
