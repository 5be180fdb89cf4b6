// find_files: paths that match a glob.
import { z } from 'zod';
import { osText, pathArg } from './args.ts';
import { describeRead, fitLines, performRead } from './readProposal.ts';
import { defineTool } from './tool.ts';

const MAX_PATHS = 500;

const schema = z.strictObject({
  pattern: osText(1000).describe(
    'A glob such as "*.ts", "src/**/*.test.ts" or "{a,b}.json". Without "/" it is matched against the file name, with it against the path below the searched folder.',
  ),
  path: pathArg().optional().describe('The folder to search. Default: the workspace folder.'),
});

export const findFiles = defineTool({
  name: 'find_files',
  group: 'read',
  description: 'Finds files by name. Files that .gitignore excludes are left out.',
  schema,
  describe: (args, context) => describeRead('find_files', args.path ?? '.', context),
  perform: (proposal, args, context) =>
    performRead(proposal, async ({ shown, realPath }) => {
      const options = { limit: MAX_PATHS, signal: context.signal };
      const found = await context.files.find(realPath, args.pattern, options);
      if ('error' in found) return { outcome: 'error', text: `${shown}: ${found.error}` };
      const where = `${args.pattern} in ${shown}`;
      if (found.paths.length === 0) {
        const cut = found.truncated ? ' before the search was stopped' : '';
        return { outcome: 'ok', text: `[no file matches ${where}${cut}]` };
      }
      const { text, left } = fitLines(found.paths);
      const more = found.truncated || left > 0;
      return {
        outcome: 'ok',
        text: more ? `${text}\n[more files match; use a narrower pattern]` : text,
      };
    }),
});
