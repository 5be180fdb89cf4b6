// Runs the Files contract on the adapter for this machine, with real files and real ripgrep, and on the fake.
import path from 'node:path';
import { rgPath } from '@vscode/ripgrep';
import { filesContract } from './files.contract.ts';
import { createMemoryFiles } from '../fakes/memoryFiles.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { createLocalFiles } from '../../src/node/files/localFiles.ts';
import { systemTexts } from '../../src/node/system.ts';

filesContract('local files', async (tree) => {
  const folder = await temporaryFolder(tree);
  const files = createLocalFiles({ roots: [folder.path], rgPath, texts: systemTexts });
  return { files, at: (relative) => path.join(folder.path, relative), dispose: folder.dispose };
});

filesContract('memory', async (tree) => ({
  files: createMemoryFiles(tree),
  at: (relative) => path.join('/ws', relative),
  dispose: async () => undefined,
}));
