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
  ['ask_user', { pattern: 'none', group: 'none' }],
]);

/** What patterns after this name mean, or undefined for a name that no rule may have. */
export function patternKindOf(name: string): PatternKind | undefined {
  return NAMES.get(name)?.pattern;
}

export function knownRuleNames(): string[] {
  return [...NAMES.keys()];
}

/** True when a rule of this name speaks about the call: its tool by name, or its group. */
export function namesSubject(ruleName: string, subject: PolicySubject): boolean {
  return ruleName === subject.tool || (subject.group !== 'none' && ruleName === subject.group);
}
