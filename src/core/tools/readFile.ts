// read_file: the text of one file, or a range of its lines, exactly as it is so that the model can quote it.
import { z } from 'zod';
import { pathArg } from './args.ts';
import { unreadable } from './currentText.ts';
import { counted } from './paths.ts';
import { describeRead, MAX_RESULT_CHARS, performRead } from './readProposal.ts';
import { linesOf } from '../../protocol/hunks.ts';
import { defineTool, type Performed } from './tool.ts';

const DEFAULT_LINES = 2000;

const schema = z.strictObject({
  path: pathArg().describe('The file, relative to the workspace folder or absolute.'),
  offset: z.int().min(1).optional().describe('First line to read, counted from 1. Default 1.'),
  limit: z.int().min(1).optional().describe(`Number of lines to read. Default ${DEFAULT_LINES}.`),
});

type Args = z.infer<typeof schema>;

export const readFile = defineTool({
  name: 'read_file',
  group: 'read',
  description:
    'Reads a text file, unsaved changes in the editor included. The text comes exactly as it is, without line numbers; ' +
    'when only a part of the file is given, a first line in brackets says which.',
  schema,
  describe: (args, context) => describeRead('read_file', args.path, context),
  perform: (proposal, args, context) =>
    performRead(proposal, async ({ shown, realPath }) => {
      const read = await context.files.read(realPath);
      if (read.kind !== 'text') return { outcome: 'error', text: unreadable(read, shown) };
      return excerpt(read.text, shown, args);
    }),
});

function excerpt(text: string, shown: string, args: Args): Performed {
  if (text === '') return { outcome: 'ok', text: `[${shown} is empty]` };
  const lines = linesOf(text);
  const first = args.offset ?? 1;
  if (first > lines.length) {
    return { outcome: 'error', text: `${shown} has only ${counted(lines.length, 'line')}.` };
  }
  const wanted = lines.slice(first - 1, first - 1 + (args.limit ?? DEFAULT_LINES));
  const { body, count, cut } = fit(wanted);
  if (count === lines.length && !cut) return { outcome: 'ok', text };
  const last = first + count - 1;
  const on = last < lines.length ? `; read on with offset ${last + 1}` : '';
  const note = cut ? `; line ${first} is cut after ${MAX_RESULT_CHARS} characters` : '';
  const header = `[${shown}: lines ${first} to ${last} of ${lines.length}${note}${on}]`;
  return { outcome: 'ok', text: `${header}\n${body}` };
}

/** As many whole lines as fit, and at least the beginning of the first. */
function fit(lines: readonly string[]): { body: string; count: number; cut: boolean } {
  let size = 0;
  let count = 0;
  for (const line of lines) {
    if (size + line.length > MAX_RESULT_CHARS) break;
    size += line.length;
    count += 1;
  }
  if (count > 0) return { body: lines.slice(0, count).join(''), count, cut: false };
  return { body: wholeCharacters(lines[0] ?? ''), count: 1, cut: true };
}

/** The first characters of `line`, never half of a surrogate pair. */
function wholeCharacters(line: string): string {
  return line.slice(0, MAX_RESULT_CHARS).replace(/[\uD800-\uDBFF]$/, '');
}
