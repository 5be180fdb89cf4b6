// Which names a rule may start with, and what their patterns are matched against.
import type { PolicySubject } from './types.ts';

type PatternKind = 'path' | 'argv' | 'text' | 'none';

interface RuleName {
  pattern: PatternKind;
  group: string;
}

const NAMES: ReadonlyMap<string, RuleName> = new Map<string, RuleName>([
  ...['read', 'read_file', 'list_directory', 'find_files', 'search_text', 'get_diagnostics'].map(
    (name) => [name, { pattern: 'path', group: 'read' }] satisfies [string, RuleName],
  ),
  ...['edit', 'edit_file', 'write_file', 'delete_file', 'move_file'].map(
    (name) => [name, { pattern: 'path', group: 'edit' }] satisfies [string, RuleName],
  ),
  ['shell', { pattern: 'argv', group: 'shell' }],
  ['run_command', { pattern: 'argv', group: 'shell' }],
  ['fetch', { pattern: 'text', group: 'fetch' }],
  ['mcp', { pattern: 'text', group: 'mcp' }],
  ['task', { pattern: 'text', group: 'task' }],
  ['skill', { pattern: 'text', group: 'skill' }],
  ['read_command_output', { pattern: 'none', group: 'running' }],
  ['stop_command', { pattern: 'none', group: 'running' }],
  ['ask_user', { pattern: 'none', group: 'none' }],
]);

/** What patterns after this name mean, or undefined for a name that no rule may have. */
export function patternKindOf(name: string): PatternKind | undefined {
  return NAMES.get(name)?.pattern;
}

export function knownRuleNames(): string[] {
  return [...NAMES.keys()];
}

/** What other products call the same thing. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  bash: 'shell',
  sh: 'shell',
  command: 'shell',
  terminal: 'shell',
  exec: 'shell',
  powershell: 'shell',
  run: 'shell',
  view: 'read',
  cat: 'read',
  grep: 'search_text',
  search: 'search_text',
  glob: 'find_files',
  ls: 'list_directory',
  write: 'edit',
  multiedit: 'edit',
  delete: 'delete_file',
  move: 'move_file',
  rename: 'move_file',
  webfetch: 'fetch',
  agent: 'task',
  question: 'ask_user',
};

/** The known name that an unknown one most likely stands for. */
export function didYouMean(name: string): string | undefined {
  const folded = name.toLowerCase();
  if (NAMES.has(folded)) return folded;
  if (Object.hasOwn(OTHER_NAMES, folded)) return OTHER_NAMES[folded];
  if (folded.startsWith('mcp__')) return 'mcp(server/tool)';
  return [...NAMES.keys()].find((known) => oneEditApart(known, folded));
}

/** One letter more, less, other or swapped with its neighbour. */
function oneEditApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < 3) return false;
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  const restA = a.slice(start);
  const restB = b.slice(start);
  const swapped = `${restA[1] ?? ''}${restA[0] ?? ''}${restA.slice(2)}` === restB;
  return (
    swapped ||
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1)
  );
}

/** Group of a rule's name: `edit` for `delete_file`. */
export function groupOf(name: string): string | undefined {
  return NAMES.get(name)?.group;
}

/** True when a rule of this name speaks about the call: its tool by name, or its group. */
export function namesSubject(ruleName: string, subject: PolicySubject): boolean {
  return ruleName === subject.tool || (subject.group !== 'none' && ruleName === subject.group);
}
