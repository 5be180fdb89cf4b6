// Runs saver.vitest.ts in a process of its own and leaves vitest's JSON report in the file that is named.
// node test/contract/saverConformance.ts REPORT-FILE
import path from 'node:path';
import { startVitest } from 'vitest/node';

const root = path.resolve(import.meta.dirname, '../..');
const [outputFile = path.join(root, 'test/output/conformance.json')] = process.argv.slice(2);

const vitest = await startVitest(
  'test',
  [],
  {
    config: false,
    root,
    watch: false,
    globals: true,
    include: ['test/contract/saver.vitest.ts'],
    reporters: ['json'],
    outputFile,
    maxWorkers: 1,
    update: false,
  },
  { cacheDir: path.join(root, 'test/output/vitest') },
);
await vitest.close();
