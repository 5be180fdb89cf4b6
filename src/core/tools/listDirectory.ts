// list_directory: names, kinds and sizes in a folder.
import { z } from 'zod';
import { pathArg } from './args.ts';
import { describeRead, fitLines, performRead } from './readProposal.ts';
import { defineTool } from './tool.ts';
import type { DirectoryEntry } from '../ports/workspace.ts';

const schema = z.strictObject({
  path: pathArg().describe(
    'The folder, relative to the workspace folder or absolute; "." for the workspace folder.',
  ),
  depth: z.int().min(1).max(5).optional().describe('How many levels to show, 1 to 5. Default 1.'),
});

export const listDirectory = defineTool({
  name: 'list_directory',
  group: 'read',
  description:
    'Lists a folder: folders end in "/", files come with their size in bytes. .git and node_modules are named, not entered.',
  schema,
  describe: (args, context) => describeRead('list_directory', args.path, context),
  perform: (proposal, args, context) =>
    performRead(proposal, async ({ shown, realPath }) => {
      const listed = await context.files.list(realPath, args.depth ?? 1);
      if ('error' in listed) return { outcome: 'error', text: `${shown}: ${listed.error}` };
      if (listed.entries.length === 0) return { outcome: 'ok', text: `[${shown} is empty]` };
      const { text, left } = fitLines(listed.entries.map(entryLine));
      const cut = listed.truncated || left > 0;
      return { outcome: 'ok', text: cut ? `${text}\n[more entries are not shown]` : text };
    }),
});

function entryLine(entry: DirectoryEntry): string {
  switch (entry.kind) {
    case 'directory':
      return `${entry.path}/`;
    case 'file':
      return `${entry.path} (${entry.size})`;
    case 'link':
      return `${entry.path} (link)`;
    case 'other':
      return `${entry.path} (not a file)`;
  }
}
