// Shared by the policy tests: rules from lists, paths and command lines as subjects.
import { compileGlob } from '../../../../src/node/globs.ts';
import { createShellParser } from '../../../../src/node/shell/parser.ts';
import { decide } from '../../../../src/core/policy/decide.ts';
import { parseRules, type RawLists } from '../../../../src/core/policy/rules.ts';
import { globNames, type FolderEntry } from '../../../../src/core/policy/globNames.ts';
import { operandsToResolve } from '../../../../src/core/policy/operands.ts';
import type { Decided, PolicySubject, RuleSet } from '../../../../src/core/policy/types.ts';
import type { ShellName } from '../../../../src/core/ports/shell.ts';
import type { ResolvedPath } from '../../../../src/core/ports/workspace.ts';
import type { Mode } from '../../../../src/protocol/calls.ts';

export const WASM_DIR = new URL(
  '../../../../node_modules/@vscode/tree-sitter-wasm/wasm',
  import.meta.url,
).pathname;
export const parser = createShellParser(WASM_DIR);

export function rulesOf(
  user: RawLists,
  workspace: RawLists | null = null,
  trusted = true,
): RuleSet {
  return parseRules({ user, workspace, workspaceAllows: trusted }, compileGlob);
}

/** A file of the workspace /ws; `real` when it is a link, both root-relative, or absolute when outside. */
export function file(
  path: string,
  more: Partial<ResolvedPath> & { target?: string } = {},
): ResolvedPath {
  const { target = path, ...rest } = more;
  const absolute = (name: string): string =>
    name.startsWith('/') ? name : name === '' ? '/ws' : `/ws/${name}`;
  const relative = (name: string): string | null => (name.startsWith('/') ? null : name);
  return {
    input: path,
    lexical: absolute(path),
    real: absolute(target),
    relLexical: relative(path),
    relReal: relative(target),
    exists: true,
    isDirectory: false,
    links: 1,
    ...rest,
  };
}

export const ROOT = file('', { input: '.', isDirectory: true });

interface World {
  /** Names and where they really are. */
  links?: Readonly<Record<string, string>>;
  /** Names, as written, of folders that are there. */
  folders?: readonly string[];
  /** What is there for globs: files by their path; a name that `links` knows is a link. */
  files?: readonly string[];
}

/** Operands below the root by plain path arithmetic; `links` maps a name to where it really is. */
export async function shellSubject(
  command: string,
  shell: ShellName = 'bash',
  { links = {}, folders = [], files = [] }: World = {},
): Promise<PolicySubject> {
  const parse = await parser.parse(command, shell);
  const windows = shell === 'powershell' || shell === 'cmd';
  const globs = await globNames(parse, shell, async (folder) => entriesIn(folder, files, links));
  const operands = operandsToResolve(parse, globs).map((text) => {
    const slashed = windows ? text.replace(/\\/g, '/').replace(/^\/+/, '/') : text;
    const url = new URL(plainPath(slashed), 'file:///ws/').pathname;
    const path = slashed.startsWith('/') || !url.startsWith('/ws/') ? url : url.slice(4);
    const target = Object.hasOwn(links, text) ? { target: links[text] ?? '' } : {};
    return { ...file(path, { ...target, isDirectory: folders.includes(text) }), input: text };
  });
  const git = { settings: [], problems: [] };
  return { group: 'shell', tool: 'run_command', shell, cwd: ROOT, parse, operands, globs, git };
}

/** As a URL's path: two slashes at its start would name a host. */
function plainPath(text: string): string {
  return text.replace(/[?#%\\]/g, '_').replace(/^\/{2,}/, '/');
}

/** One level of the folder, by its path as the line writes it; null above the workspace. */
function entriesIn(
  folder: string,
  files: readonly string[],
  links: Readonly<Record<string, string>>,
): FolderEntry[] | null {
  const { pathname } = new URL(plainPath(folder), 'file:///a/b/ws/');
  if (!`${pathname}/`.startsWith('/a/b/ws/')) return null;
  const base = pathname.slice('/a/b/ws/'.length).replace(/(?<=.)\/?$/, '/');
  const names = new Map<string, FolderEntry['kind']>();
  for (const file of files.filter((name) => name.startsWith(base))) {
    const [name = '', more] = file.slice(base.length).split('/');
    const kind = more === undefined ? 'file' : 'directory';
    names.set(name, Object.hasOwn(links, `${base}${name}`) ? 'link' : kind);
  }
  return [...names].map(([name, kind]) => ({ name, kind }));
}

export async function decideCommand(
  command: string,
  rules: RuleSet,
  options: World & { shell?: ShellName; mode?: Mode } = {},
): Promise<Decided> {
  const subject = await shellSubject(command, options.shell, options);
  return decide(subject, rules, { mode: options.mode ?? 'default' });
}
