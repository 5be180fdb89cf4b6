// search_text: lines that hold a text or match a regular expression.
import { z } from 'zod';
import { osText, pathArg } from './args.ts';
import { describeRead, fitLines, performRead } from './readProposal.ts';
import { defineTool } from './tool.ts';

const DEFAULT_MATCHES = 100;

const schema = z.strictObject({
  pattern: osText(4096).describe(
    'What to look for: plain text, or a regular expression with is_regex.',
  ),
  path: pathArg()
    .optional()
    .describe('The folder or file to search. Default: the workspace folder.'),
  glob: osText(1000).optional().describe('Only files that match this glob, e.g. "*.ts".'),
  is_regex: z
    .boolean()
    .optional()
    .describe('Take the pattern as a regular expression (ripgrep syntax). Default false.'),
  case_sensitive: z
    .boolean()
    .optional()
    .describe('Tell upper and lower case apart. Default false.'),
  max_results: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(`The most matching lines to return. Default ${DEFAULT_MATCHES}.`),
});

export const searchText = defineTool({
  name: 'search_text',
  group: 'read',
  description:
    'Searches saved files for text, line by line. Files that .gitignore excludes, binary files and files that hold secrets are left out. ' +
    'Results are "path:line: text".',
  schema,
  describe: (args, context) => describeRead('search_text', args.path ?? '.', context),
  perform: (proposal, args, context) =>
    performRead(proposal, async ({ shown, realPath }) => {
      const query = {
        pattern: args.pattern,
        isRegex: args.is_regex ?? false,
        caseSensitive: args.case_sensitive ?? false,
        glob: args.glob ?? null,
        maxResults: args.max_results ?? DEFAULT_MATCHES,
      };
      const found = await context.files.search(realPath, query, context.signal);
      if ('error' in found) return { outcome: 'error', text: `${shown}: ${found.error}` };
      if (found.matches.length === 0) {
        const cut = found.truncated ? ' before the search was stopped' : '';
        return { outcome: 'ok', text: `[nothing found in ${shown}${cut}]` };
      }
      const lines = found.matches.map((match) => `${match.path}:${match.line}: ${match.text}`);
      const { text, left } = fitLines(lines);
      const more = found.truncated || left > 0;
      return {
        outcome: 'ok',
        text: more ? `${text}\n[more lines match; narrow the search]` : text,
      };
    }),
});
