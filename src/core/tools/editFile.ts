// edit_file: replaces one exact piece of text in a file, or every occurrence of it.
import { z } from 'zod';
import { pathArg, text } from './args.ts';
import { currentText, unreadable } from './currentText.ts';
import { describeEdit, performEdit, withHumanText } from './editProposal.ts';
import { counted, isOutside, needsFolder, shownPath } from './paths.ts';
import { looseLine, MAX_COUNTED, replaceText, type Replaced } from './textMatch.ts';
import { defineTool, type DescribeContext, type Described } from './tool.ts';
import type { ResolvedPath } from '../ports/workspace.ts';

const schema = z.strictObject({
  path: pathArg().describe('The file, relative to the workspace folder or absolute.'),
  old_string: text().describe(
    'The text to replace, exactly as it stands in the file, with enough lines around it to occur only once.',
  ),
  new_string: text().describe('The text to put in its place. Empty removes it.'),
  replace_all: z
    .boolean()
    .optional()
    .describe('Replace every occurrence instead of exactly one. Default false.'),
});

type Args = z.infer<typeof schema>;

export const editFile = defineTool({
  name: 'edit_file',
  group: 'edit',
  description:
    'Replaces text in an existing file. old_string must match exactly once unless replace_all is set. ' +
    'Line endings and encoding of the file are kept. The user sees the change before it is written. ' +
    'Use write_file to create a file.',
  schema,
  describe: describeEditFile,
  perform: (proposal, _args, context) => performEdit(proposal, context),
  replacesExactly: true,
  withContent: withHumanText,
});

async function describeEditFile(args: Args, context: DescribeContext): Promise<Described> {
  const refused = needsFolder(context.files) ?? refusedArgs(args);
  if (refused !== null) return { ok: false, message: refused };
  const path = await context.files.resolve(args.path);
  const found = await currentText(path, context);
  if (!found.ok) return found;
  const { current } = found;
  const shown = shownPath(path);
  if (current.text === null) {
    const hint = 'To create it, use write_file.';
    return { ok: false, message: `${unreadable({ kind: 'missing' }, shown)} ${hint}` };
  }
  const replaced = replaceText(current.text, {
    oldString: args.old_string,
    newString: args.new_string,
    replaceAll: args.replace_all ?? false,
  });
  if (replaced.kind !== 'replaced') {
    return { ok: false, message: noMatch(replaced, { path, text: current.text, args }) };
  }
  return describeEdit({ tool: 'edit_file', path, current, newText: replaced.text }, context.texts);
}

function refusedArgs(args: Args): string | null {
  if (args.old_string === '') {
    return 'old_string is empty. Give the text to replace; to create a file or replace all of it, use write_file.';
  }
  if (args.old_string === args.new_string) {
    return 'old_string and new_string are the same; there is nothing to change.';
  }
  return null;
}

function noMatch(
  replaced: Exclude<Replaced, { kind: 'replaced' }>,
  edit: { path: ResolvedPath; text: string; args: Args },
): string {
  const { path, text, args } = edit;
  const shown = shownPath(path);
  // A file outside the workspace was not approved for reading: say nothing about where what stands in it.
  if (isOutside(path)) return `old_string does not match exactly once in ${shown}.`;
  if (replaced.kind === 'ambiguous') {
    const count = replaced.count >= MAX_COUNTED ? `at least ${MAX_COUNTED}` : `${replaced.count}`;
    return (
      `old_string matches ${count} times in ${shown}, on lines ${replaced.lines.join(', ')}` +
      `${replaced.count > replaced.lines.length ? ' and more' : ''}. ` +
      'Add surrounding lines so that it matches once, or set replace_all.'
    );
  }
  const line = looseLine(text, args.old_string);
  if (line !== null) {
    return `old_string was not found in ${shown}. It would match at line ${line} if leading and trailing blanks were ignored: copy the text exactly, with its indentation.`;
  }
  const lines = counted(text.split('\n').length, 'line');
  return `old_string was not found in ${shown} (${lines}). Read the file again and copy the text exactly as it is now.`;
}
