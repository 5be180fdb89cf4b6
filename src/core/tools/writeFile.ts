// write_file: creates a file or replaces its whole content.
import { z } from 'zod';
import { pathArg, text } from './args.ts';
import { currentText } from './currentText.ts';
import { describeEdit, performEdit, withHumanText } from './editProposal.ts';
import { needsFolder } from './paths.ts';
import { onlyEol, withEol } from './textMatch.ts';
import { defineTool, type DescribeContext, type Described } from './tool.ts';

const schema = z.strictObject({
  path: pathArg().describe('The file, relative to the workspace folder or absolute.'),
  content: text().describe('The whole new content of the file.'),
});

export const writeFile = defineTool({
  name: 'write_file',
  group: 'edit',
  description:
    'Creates a file, with its folders, or replaces the whole content of an existing one. ' +
    'The user sees the change before it is written. For a small change of a file, use edit_file.',
  schema,
  describe: describeWriteFile,
  perform: (proposal, _args, context) => performEdit(proposal, context),
  withContent: withHumanText,
});

async function describeWriteFile(
  args: z.infer<typeof schema>,
  context: DescribeContext,
): Promise<Described> {
  const refused = needsFolder(context.files);
  if (refused !== null) return { ok: false, message: refused };
  const path = await context.files.resolve(args.path);
  const found = await currentText(path, context);
  if (!found.ok) return found;
  const { current } = found;
  const newText = keepCrlf(args.content, current.text);
  return describeEdit({ tool: 'write_file', path, current, newText }, context.texts);
}

/** Models write LF: a file that is CRLF throughout stays so, or every line would be shown as changed. */
function keepCrlf(content: string, before: string | null): string {
  const crlf = before !== null && onlyEol(before) === '\r\n';
  return crlf && onlyEol(content) === '\n' ? withEol(content, '\r\n') : content;
}
