// delete_file: removes one text file. Folders, links and binary files are not for the agent to delete.
import { z } from 'zod';
import { pathArg } from './args.ts';
import { currentText, unreadable } from './currentText.ts';
import { describeEdit, performEdit } from './editProposal.ts';
import { needsFolder, shownPath } from './paths.ts';
import { defineTool, type DescribeContext, type Described } from './tool.ts';

const schema = z.strictObject({
  path: pathArg().describe('The file to delete, relative to the workspace folder or absolute.'),
});

export const deleteFile = defineTool({
  name: 'delete_file',
  group: 'edit',
  description: 'Deletes one text file; not folders. The user sees what is deleted before it is.',
  schema,
  describe: describeDeleteFile,
  perform: (proposal, _args, context) => performEdit(proposal, context),
});

async function describeDeleteFile(
  args: z.infer<typeof schema>,
  context: DescribeContext,
): Promise<Described> {
  const refused = needsFolder(context.files);
  if (refused !== null) return { ok: false, message: refused };
  const path = await context.files.resolve(args.path);
  const found = await currentText(path, context);
  if (!found.ok) return found;
  const { current } = found;
  if (current.text === null) {
    return { ok: false, message: unreadable({ kind: 'missing' }, shownPath(path)) };
  }
  return describeEdit({ tool: 'delete_file', path, current, newText: null }, context.texts);
}
