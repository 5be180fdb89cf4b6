// Where the commands of one line run, and how the files they name are looked up among the resolved operands.
import type { SimpleCommand } from '../ports/shell.ts';
import type { ResolvedPath } from '../ports/workspace.ts';
import { protectionsOf } from './protectedFiles.ts';
import type { PolicySubject } from './types.ts';

export type ShellSubject = Extract<PolicySubject, { group: 'shell' }>;

/** One command in one of the folders it may run in. */
export interface Place {
  subject: ShellSubject;
  /** Relative to where the line starts; `''` there. */
  folder: string;
  resolved: ReadonlyMap<string, ResolvedPath>;
}

const tables = new WeakMap<ShellSubject, ReadonlyMap<string, ResolvedPath>>();

export function placeOf(subject: ShellSubject, folder: string): Place {
  const resolved =
    tables.get(subject) ?? new Map(subject.operands?.map((operand) => [operand.input, operand]));
  tables.set(subject, resolved);
  return { subject, folder, resolved };
}

export function foldersOf(command: SimpleCommand): readonly string[] | null {
  return command.folders === undefined ? HERE : command.folders;
}

const HERE: readonly string[] = [''];

/** The key under which a word of a command in `folder` is resolved. */
export function keyOf(folder: string, text: string): string {
  return folder === '' || isAbsolute(text) ? text : `${folder}/${text}`;
}

/** What stands before each `..`: where one of these is a link, `..` leads elsewhere than it looks. */
export function beforeDots(key: string): string[] {
  return [...key.matchAll(/[\\/]\.\.(?=[\\/]|$)/g)]
    .map((found) => key.slice(0, found.index))
    .filter((before) => !/^(?:\.\.?[\\/]?)*$/.test(before));
}

export function lookUp(place: Place, text: string): ResolvedPath | undefined {
  return place.resolved.get(keyOf(place.folder, text));
}

/** Why what a word names is not read without asking, or null. */
export function operandProblem(place: Place, text: string): string | null {
  const path = lookUp(place, text);
  if (path === undefined) return `the operand ${text} was not resolved`;
  if (text.includes('$')) return `the operand ${text} is not certain`;
  if (beforeDots(keyOf(place.folder, text)).some((key) => isLink(place.resolved.get(key)))) {
    return `the operand ${text} climbs out of a link`;
  }
  const problem = pathProblem(path);
  return problem === null ? null : `the operand ${text} ${problem}`;
}

function isLink(path: ResolvedPath | undefined): boolean {
  return path === undefined || path.relReal !== path.relLexical;
}

function pathProblem(path: ResolvedPath): string | null {
  if (path.relReal === null || path.relLexical === null) return 'lies outside the workspace';
  if (path.special === true) return 'is not a regular file';
  if (path.relReal.includes('\\')) return 'holds a backslash';
  const found = [...protectionsOf(path.relReal), ...protectionsOf(path.relLexical)];
  const [worst] = found.filter((one) => one.tier !== 'runsCode');
  return worst === undefined ? null : `is a protected file (${worst.what})`;
}

/** Why commands do not run in this folder without asking, or null. It must be there, and be what it says. */
export function folderProblem(place: Place): string | null {
  const { folder } = place;
  if (folder === '') return null;
  const path = place.resolved.get(folder);
  if (path === undefined) return `the folder ${folder} was not resolved`;
  if (path.relReal === null || path.relLexical === null)
    return `${folder} lies outside the workspace`;
  if (
    path.relReal !== path.relLexical ||
    beforeDots(folder).some((key) => isLink(place.resolved.get(key)))
  )
    return `${folder} is a link`;
  // What is not there now may be a link elsewhere when the line runs.
  if (!path.exists || !path.isDirectory) return `${folder} is no folder that is there`;
  const [worst] = protectionsOf(path.relReal).filter(
    (one) => one.tier !== 'runsCode' || one.what.includes('git'),
  );
  return worst === undefined ? null : `${folder} is protected (${worst.what})`;
}

function isAbsolute(text: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:[\\/])/.test(text);
}
