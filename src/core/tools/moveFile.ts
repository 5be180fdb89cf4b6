// move_file: gives one text file another name or folder. Never over something that is there; folders and links stay.
import { z } from 'zod';
import { pathArg } from './args.ts';
import { currentText, unreadable, type CurrentText } from './currentText.ts';
import { isOutside, needsFolder, shownPath } from './paths.ts';
import { defineTool, type DescribeContext, type Described } from './tool.ts';
import { performMove } from './performMove.ts';
import type { MoveProposal } from '../../protocol/calls.ts';
import type { Files, ResolvedPath } from '../ports/workspace.ts';

const schema = z.strictObject({
  from: pathArg().describe('The file to move, relative to the workspace folder or absolute.'),
  to: pathArg().describe('Its whole new path, with the file name. Nothing may be there yet.'),
});

export const moveFile = defineTool({
  name: 'move_file',
  group: 'edit',
  description:
    'Moves or renames one text file, content unchanged; missing folders are made. Not for folders, and it never replaces ' +
    'a file. The user sees both paths before it is moved.',
  schema,
  describe: describeMove,
  perform: (proposal, _args, context) => performMove(proposal, context),
});

type Refused = Extract<Described, { ok: false }>;

async function describeMove(
  { from, to }: z.infer<typeof schema>,
  context: DescribeContext,
): Promise<Described> {
  const noFolder = needsFolder(context.files);
  if (noFolder !== null) return refuse(noFolder);
  const source = await context.files.resolve(from);
  const found = await sourceText(source, context);
  if (!found.ok) return found;
  if (/[/\\]$/.test(to))
    return refuse(`${to} names a folder. Give the whole new path of the file.`);
  const target = await context.files.resolve(to);
  const toReal = inFolder(await context.files.resolve(parentOf(target.lexical)), target);
  const problem = await targetProblem({ source, target, toReal }, context);
  if (problem !== null) return refuse(problem);
  const { text, hash } = found.current;
  const proposal: MoveProposal = {
    ...{ kind: 'move', path: shownPath(source), realPath: source.real },
    ...{ to: shownPath(target), toReal, outside: isOutside(source) || isOutside(target) },
    ...{ baseHash: hash, lines: lineCount(text) },
    ...(source.executable === true && { executable: true }),
  };
  const paths = isHalfMoved(source, target)
    ? [source, target].map((path) => ({ ...path, links: 1 }))
    : [source, target];
  return { ok: true, proposal, subject: { group: 'edit', tool: 'move_file', op: 'rename', paths } };
}

async function sourceText(
  source: ResolvedPath,
  context: DescribeContext,
): Promise<{ ok: true; current: { text: string; hash: string } } | Refused> {
  const shown = shownPath(source);
  if (source.isDirectory) return refuse(`${shown} is a folder; move_file moves one file.`);
  if (source.exists && (await isLink(source, context.files))) {
    return refuse(
      `${shown} is a link; move_file moves only a file itself. It leads to ${source.real}.`,
    );
  }
  const found = await currentText(source, context);
  if (!found.ok) return refuse(`${found.message} move_file moves text files only.`);
  const { text, hash }: CurrentText = found.current;
  if (text === null || hash === null) return refuse(unreadable({ kind: 'missing' }, shown));
  const read = await context.files.read(source.real);
  if (!context.overlay.has(source.real) && read.kind === 'text' && read.dirty) {
    return refuse(`${shown} has unsaved changes in an editor. Ask the user to save it first.`);
  }
  return { ok: true, current: { text, hash } };
}

interface Ends {
  source: ResolvedPath;
  target: ResolvedPath;
  toReal: string;
}

/** Why the file cannot get that name; null when it can. */
async function targetProblem(ends: Ends, context: DescribeContext): Promise<string | null> {
  const { source, target, toReal } = ends;
  const shown = shownPath(target);
  if (toReal === source.real) return `${shown} is its name already; nothing to move.`;
  const planned = context.overlay.get(toReal);
  if (planned === null) return null;
  const taken = `${shown} exists already, and move_file never replaces a file. Choose another name.`;
  if (planned !== undefined) return taken;
  if (target.isDirectory) return `${shown} is a folder. Give the whole new path of the file.`;
  const otherCase = toReal.toLowerCase() === source.real.toLowerCase();
  if (otherCase && target.exists) {
    const other = (await isListed(toReal, context.files)) && !isHalfMoved(source, target);
    return other ? taken : null;
  }
  if (target.real !== toReal) return `${shown} is a link, and move_file never replaces one.`;
  return target.exists && !isHalfMoved(source, target) ? taken : null;
}

/** The two are the only names of one file, as a move leaves them that was cut off: then both are judged here. */
export function isHalfMoved(source: ResolvedPath, target: ResolvedPath): boolean {
  return source.id !== undefined && source.id === target.id && source.links === 2;
}

/** Whether the name itself, not a folder above it, leads elsewhere. */
async function isLink(path: ResolvedPath, files: Files): Promise<boolean> {
  const own = inFolder(await files.resolve(parentOf(path.lexical)), path);
  if (own === path.real) return false;
  // Where names ignore case, the real path has the letters of the folder.
  return own.toLowerCase() !== path.real.toLowerCase() || isListed(own, files);
}

/** Whether the folder has an entry of exactly this name; true when that cannot be told. */
async function isListed(real: string, files: Files): Promise<boolean> {
  const listed = await files.list(parentOf(real), 1);
  if ('error' in listed || listed.truncated) return true;
  return listed.entries.some(({ path }) => path === nameOf(real));
}

function inFolder(folder: ResolvedPath, { lexical }: ResolvedPath): string {
  const { real } = folder;
  const separator = real.startsWith('/') ? '/' : '\\';
  return `${real.endsWith(separator) ? real : `${real}${separator}`}${nameOf(lexical)}`;
}

const LAST_NAME = /[^/]*$/;
const LAST_NAME_WINDOWS = /[^/\\]*$/;

function nameOf(path: string): string {
  return lastName(path).exec(path)?.[0] ?? '';
}

function parentOf(path: string): string {
  const parent = path.replace(lastName(path), '');
  return /^(?:\/|[A-Za-z]:[/\\])$/.test(parent) ? parent : parent.slice(0, -1);
}

/** Where paths begin with `/`, a backslash is a letter like others. */
function lastName(path: string): RegExp {
  return path.startsWith('/') ? LAST_NAME : LAST_NAME_WINDOWS;
}

function lineCount(text: string): number {
  return text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

function refuse(message: string): Refused {
  return { ok: false, message };
}
