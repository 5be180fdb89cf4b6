// Which names the globs of a line stand for in the folders as they are: what a wildcard rule covers is judged name by
// name. Never too few: where shells differ, every name counts that one of them could mean.
import type { ShellName, ShellParse, ShellWord, SimpleCommand } from '../ports/shell.ts';
import type { ResolvedPath } from '../ports/workspace.ts';
import { foldersOf, keyOf, lookUp, operandProblem, type Place } from './place.ts';
import { isListedGlob, piecesOf } from './plainCommand.ts';
import { protectionsOf } from './protectedFiles.ts';
import { listFor } from './readOnlyOptions.ts';

/** One glob, behind the folder its command runs in, and its names; null when they cannot be told. */
export interface GlobNames {
  input: string;
  /** Its names are relative to this. */
  folder: string;
  names: readonly string[] | null;
}

export interface FolderEntry {
  name: string;
  kind: 'file' | 'directory' | 'link' | 'other';
}

/** Everything in a folder, named relative to where the line starts; null when that cannot be told. */
export type ListFolder = (folder: string) => Promise<readonly FolderEntry[] | null>;

const MAX_GLOBS = 20;
const MAX_NAMES = 200;
const MAX_FOLDERS = 60;
/** No quotes or escapes; no start of an option, of a home folder, of a hidden name that `.*` could leave by. */
const POSIX_GLOB = /^(?![-~])[\w./@+,*?[\]{}-]+$/;
const WINDOWS_GLOB = /^(?![-/\\])[\w.\\/*?@+-]+$/;
const BRACES = /\{([\w./@+*?-]*(?:,[\w./@+*?-]*)+)\}/;

/** The names of every glob in the line, for the `globs` of a shell subject. */
export async function globNames(
  parse: ShellParse,
  shell: ShellName,
  list: ListFolder,
): Promise<GlobNames[]> {
  if (!parse.ok || !parse.certain) return [];
  const found = new Map<string, GlobNames>();
  for (const command of parse.commands) {
    for (const folder of foldersOf(command) ?? []) {
      for (const { text, pattern } of globsIn(command, shell)) {
        const input = keyOf(folder, text);
        if (found.has(input) || found.size >= MAX_GLOBS) continue;
        const names = await namesOf(folder, pattern, { shell, list });
        found.set(input, { input, folder, names });
      }
    }
  }
  return [...found.values()];
}

function isWindows(shell: ShellName): boolean {
  return shell === 'powershell' || shell === 'cmd';
}

/** The words that hold a glob, and the pattern they stand for. Programs of Windows take them apart themselves, quoted or not. */
function globsIn(command: SimpleCommand, shell: ShellName): { text: string; pattern: string }[] {
  const [program, ...words] = command.words;
  if (!isWindows(shell)) {
    const plain = words.filter(({ glob, raw, text }) => glob && raw === text);
    return plain.map(({ text }) => ({ text, pattern: text }));
  }
  const below =
    /^findstr$/i.test(program?.text ?? '') && words.some(({ text }) => /^\/[a-z]*s/i.test(text));
  const texts = words.flatMap(({ text }) => [text, ...text.split(',')]);
  return texts.filter(hasWildcard).map((text) => {
    const pattern = text.replace(/\\/g, '/');
    const at = pattern.lastIndexOf('/') + 1;
    return { text, pattern: below ? `${pattern.slice(0, at)}**/${pattern.slice(at)}` : pattern };
  });
}

export function hasWildcard(text: string): boolean {
  return /[*?[]/.test(text);
}

interface Around {
  shell: ShellName;
  list: ListFolder;
}

async function namesOf(
  folder: string,
  pattern: string,
  { shell, list }: Around,
): Promise<readonly string[] | null> {
  const windows = isWindows(shell);
  if (!(windows ? WINDOWS_GLOB : POSIX_GLOB).test(pattern)) return null;
  const patterns = withoutBraces(pattern, shell);
  if (patterns === null) return null;
  const names = new Set<string>();
  const walk: Walk = { folder, windows, list, names, folders: 0 };
  for (const one of patterns) {
    if (!hasWildcard(one)) names.add(one);
    else if (!(await walkInto(walk, '', one.split('/')))) return null;
  }
  return names.size > MAX_NAMES ? null : [...names];
}

/** `{a,b}` as bash writes it out; null where shells differ or it is nested. */
function withoutBraces(pattern: string, shell: ShellName): string[] | null {
  if (!/[{}]/.test(pattern)) return [pattern];
  if (shell !== 'bash') return null;
  let open = [pattern];
  while (open.some((one) => BRACES.test(one)) && open.length < MAX_GLOBS) {
    open = open.flatMap((one) => {
      const [whole, inner] = BRACES.exec(one) ?? [];
      if (whole === undefined || inner === undefined) return [one];
      return inner.split(',').map((part) => one.replace(whole, () => part));
    });
  }
  return open.some((one) => /[{}]|^[-~]|^$/.test(one)) ? null : open;
}

interface Walk {
  /** Where the command runs. */
  folder: string;
  windows: boolean;
  list: ListFolder;
  names: Set<string>;
  folders: number;
}

/** Adds what the rest of a pattern stands for below `prefix`; false when that cannot be told. */
async function walkInto(walk: Walk, prefix: string, segments: readonly string[]): Promise<boolean> {
  const [segment, ...rest] = segments;
  if (segment === undefined || walk.names.size > MAX_NAMES) return walk.names.size <= MAX_NAMES;
  if (!hasWildcard(segment)) {
    const next = `${prefix}${segment}`;
    if (rest.length > 0) return walkInto(walk, `${next}/`, rest);
    walk.names.add(next);
    return true;
  }
  // `.*` is the folder above, too.
  if (segment.startsWith('.') || (walk.folders += 1) > MAX_FOLDERS) return false;
  const entries = await walk.list(keyOf(walk.folder, prefix === '' ? '.' : prefix));
  if (entries === null) return false;
  const deep = segment === '**';
  if (deep && rest.length > 0 && !(await walkInto(walk, prefix, rest))) return false;
  const matches = matcherOf(segment, walk.windows);
  for (const { name, kind } of entries) {
    if (!matches(name)) continue;
    const path = `${prefix}${name}`;
    // Whatever lies behind a link is not looked at.
    if (kind === 'link' && (deep || rest.length > 0)) return false;
    if (rest.length === 0) walk.names.add(path);
    if (kind !== 'directory' || (rest.length === 0 && !deep)) continue;
    if (!(await walkInto(walk, `${path}/`, deep ? segments : rest))) return false;
  }
  return true;
}

/** Brackets stand for any character. On Windows hidden names count, and `.ts` is also the start of an ending. */
function matcherOf(segment: string, windows: boolean): (name: string) => boolean {
  const source = segment
    .replace(/\[[^\]]*\]/g, '?')
    .replace(/[.+^$()|{}[\]\\]/g, '\\$&')
    .replace(/\?/g, windows ? '[^]?' : '[^]')
    .replace(/\*+/g, '[^]*');
  if (!windows) {
    const pattern = new RegExp(`^${source}$`, 'u');
    return (name) => !name.startsWith('.') && pattern.test(name);
  }
  const loose = new RegExp(`^${source.replace(/\\\.(?=\[)/g, '\\.?')}`, 'iu');
  return (name) => loose.test(name);
}

/** The command with the names in the place of its globs, or why that is not covered. */
export function withNames(command: SimpleCommand, place: Place): SimpleCommand | string {
  const words = command.words.flatMap((word, i) => {
    if (i === 0 || !isExpanded(word, command, place)) return [word];
    const names = namesFor(word.text, place);
    if (names === null) return [];
    const all = names.length === 0 ? [word.text] : names;
    // Still a glob: whoever remembered these words has not seen the names.
    return all.map((text) => ({ raw: text, text, literal: true, glob: true }));
  });
  for (const word of command.words.slice(1)) {
    const problem = isExpanded(word, command, place)
      ? globProblem(word.text, place, command.words[0]?.text ?? '')
      : null;
    if (problem !== null) return problem;
  }
  return { ...command, words };
}

/** Whether the shell puts names in its place: for cmd and cmdlets it is the program that does. */
function isExpanded(word: ShellWord, command: SimpleCommand, { subject }: Place): boolean {
  if (!word.glob || isListedGlob(word, command)) return false;
  if (!isWindows(subject.shell)) return true;
  const argv = command.words.map(({ text }) => text);
  return argv[0]?.toLowerCase() === 'git' || listFor(argv, subject.shell)?.reader !== true;
}

/** It ends in a whole name, or in an ending that no secret has. */
const NARROW =
  /(?:^|[\\/])[^\\/*?[]+$|\.(?!env|pem|key|p12|pfx)(?:[A-Za-z0-9]{1,6}|\{[a-z]+(?:,[a-z]+)*\})$/;
const LISTS_NAMES: ReadonlySet<string> = new Set(['ls', 'find']);

/** Why what a glob stands for is not read without asking, or null. */
export function globProblem(text: string, place: Place, program: string): string | null {
  const names = namesFor(text, place);
  if (names === null) return 'it holds a glob or brace expansion';
  const below = /^(?!\.{0,2}[\\/])[^*?[{]*[\\/]/.test(text);
  // The first name may be an option to the program.
  if (!below && !isWindows(place.subject.shell))
    return 'it holds a glob without a folder before it';
  const narrow = NARROW.test(text) || LISTS_NAMES.has(program);
  if (!narrow && (!below || names.length === 0)) return `${text} may stand for any file`;
  for (const name of names) {
    if (name.startsWith('-')) return `${text} stands for ${name}, which may be an option`;
    const secret = piecesOf(name)
      .flatMap(protectionsOf)
      .some((found) => found.tier !== 'runsCode');
    if (secret) return `${text} stands for ${name}, which is a protected file`;
    const problem = operandProblem(place, name) ?? linkProblem(lookUp(place, name));
    if (problem !== null) return `${text} stands for ${name}: ${problem}`;
  }
  return null;
}

/** Nobody has written this name: it is only what it looks like when it is no link. */
function linkProblem(path: ResolvedPath | undefined): string | null {
  return path !== undefined && path.relReal === path.relLexical ? null : 'it is a link';
}

function namesFor(text: string, { subject, folder }: Place): readonly string[] | null {
  const input = keyOf(folder, text);
  return subject.globs?.find((one) => one.input === input)?.names ?? null;
}

/** For deny and ask: the commands as they are with the names in the place of their globs. */
export function commandsWithNames(
  commands: readonly SimpleCommand[],
  globs: readonly GlobNames[] | undefined,
): SimpleCommand[] {
  if (globs === undefined || globs.length === 0) return [];
  return commands.flatMap((command) => {
    if (!command.words.some(({ glob }) => glob)) return [];
    return (foldersOf(command) ?? []).map((folder) => ({
      ...command,
      words: command.words.flatMap((word) => {
        const input = keyOf(folder, word.text);
        const names = word.glob ? globs.find((one) => one.input === input)?.names : undefined;
        if (names === undefined || names === null || names.length === 0) return [word];
        return names.map((text) => ({ raw: text, text, literal: true, glob: false }));
      }),
    }));
  });
}
