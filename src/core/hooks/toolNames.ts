// How other products name our tools and their arguments: a hook is written for their names. Data, and the way there and back.
import type { HookDialect } from './types.ts';

interface Alias {
  name: string;
  /** Their names of our arguments, where they differ. */
  args: Readonly<Record<string, string>>;
}

interface ToolNames extends Readonly<Record<HookDialect, Alias>> {
  /** Further names that a matcher may use for it. */
  more: readonly string[];
}

const FILE_PATH = { path: 'file_path' };
const FILE_PATH_VSCODE = { path: 'filePath' };

/** Tools that are not listed are told of by our own names. */
const NAMES: Readonly<Record<string, ToolNames>> = {
  run_command: {
    claude: { name: 'Bash', args: { timeout_ms: 'timeout' } },
    vscode: { name: 'run_in_terminal', args: {} },
    copilot: { name: 'bash', args: {} },
    more: ['powershell', 'shell', 'runInTerminal', 'runCommands', 'execute'],
  },
  read_file: {
    claude: { name: 'Read', args: FILE_PATH },
    vscode: { name: 'read_file', args: FILE_PATH_VSCODE },
    copilot: { name: 'view', args: {} },
    more: ['readFile'],
  },
  list_directory: {
    claude: { name: 'LS', args: {} },
    vscode: { name: 'list_dir', args: {} },
    copilot: { name: 'view', args: {} },
    more: ['listDirectory'],
  },
  find_files: {
    claude: { name: 'Glob', args: {} },
    vscode: { name: 'file_search', args: { pattern: 'query' } },
    copilot: { name: 'glob', args: {} },
    more: ['fileSearch'],
  },
  search_text: {
    claude: { name: 'Grep', args: {} },
    vscode: {
      name: 'grep_search',
      args: {
        pattern: 'query',
        is_regex: 'isRegexp',
        glob: 'includePattern',
        max_results: 'maxResults',
      },
    },
    copilot: { name: 'grep', args: {} },
    more: ['textSearch'],
  },
  edit_file: {
    claude: { name: 'Edit', args: FILE_PATH },
    vscode: {
      name: 'replace_string_in_file',
      args: { ...FILE_PATH_VSCODE, old_string: 'oldString', new_string: 'newString' },
    },
    copilot: { name: 'edit', args: { old_string: 'old_str', new_string: 'new_str' } },
    more: [
      'MultiEdit',
      'editFiles',
      'multi_replace_string_in_file',
      'insert_edit_into_file',
      'apply_patch',
      'str_replace',
    ],
  },
  write_file: {
    claude: { name: 'Write', args: FILE_PATH },
    vscode: { name: 'create_file', args: FILE_PATH_VSCODE },
    copilot: { name: 'create', args: { content: 'file_text' } },
    more: ['createFile', 'editFiles', 'insert_edit_into_file', 'apply_patch'],
  },
  // Nobody else has it. Who guards a file against edits means its removal too.
  delete_file: {
    claude: { name: 'delete_file', args: FILE_PATH },
    vscode: { name: 'delete_file', args: FILE_PATH_VSCODE },
    copilot: { name: 'delete_file', args: {} },
    more: [
      ...['Edit', 'Write', 'MultiEdit', 'edit', 'create', 'editFiles', 'apply_patch'],
      ...['replace_string_in_file', 'create_file'],
    ],
  },
  // It takes a file from one place and makes it in another: who guards either against edits means it, too. A hook that knows
  // other names alone is asked about each place, as the path of an edit.
  move_file: {
    claude: { name: 'move_file', args: FILE_PATH },
    vscode: { name: 'move_file', args: FILE_PATH_VSCODE },
    copilot: { name: 'move_file', args: {} },
    more: [
      ...['Edit', 'Write', 'MultiEdit', 'edit', 'create', 'editFiles', 'apply_patch'],
      ...['replace_string_in_file', 'create_file', 'delete_file'],
    ],
  },
  // The host's own, for the human; it writes and removes files.
  undo_edit: {
    claude: { name: 'undo_edit', args: FILE_PATH },
    vscode: { name: 'undo_edit', args: FILE_PATH_VSCODE },
    copilot: { name: 'undo_edit', args: {} },
    more: [
      ...['Edit', 'Write', 'MultiEdit', 'edit', 'create', 'editFiles', 'apply_patch'],
      ...['replace_string_in_file', 'create_file', 'delete_file'],
    ],
  },
  read_command_output: {
    claude: { name: 'BashOutput', args: { id: 'bash_id' } },
    vscode: { name: 'get_terminal_output', args: {} },
    copilot: { name: 'read_bash', args: { id: 'shellId' } },
    more: ['TaskOutput'],
  },
  stop_command: {
    claude: { name: 'KillShell', args: { id: 'shell_id' } },
    vscode: { name: 'kill_terminal', args: {} },
    copilot: { name: 'stop_bash', args: { id: 'shellId' } },
    more: ['KillBash', 'TaskStop'],
  },
  ask_user: {
    claude: { name: 'AskUserQuestion', args: {} },
    vscode: { name: 'vscode_askQuestions', args: {} },
    copilot: { name: 'ask_user', args: {} },
    more: [],
  },
};

const DIALECTS: readonly HookDialect[] = ['claude', 'vscode', 'copilot'];

/** Every name that a matcher may know the tool by; our own first. */
export function matcherNames(tool: string): string[] {
  const names = Object.hasOwn(NAMES, tool) ? NAMES[tool] : undefined;
  if (!names) return [tool];
  return [...new Set([tool, ...DIALECTS.map((dialect) => names[dialect].name), ...names.more])];
}

/** Whether the call is a move, to a hook that was written for edits and not for it. */
export function isEditTwice(tool: string, matches: (name: string) => boolean): boolean {
  return tool === 'move_file' && !matches(tool);
}

/** The tool as a hook is told of it: in its own dialect, or in the one whose name its matcher asks for. */
export function aliasFor(
  tool: string,
  dialect: HookDialect,
  matches: (name: string) => boolean,
): Alias {
  const names = Object.hasOwn(NAMES, tool) ? NAMES[tool] : undefined;
  if (!names) return { name: tool, args: {} };
  const order = [dialect, ...DIALECTS.filter((other) => other !== dialect)];
  const spoken = order.find((one) => matches(names[one].name)) ?? dialect;
  return names[spoken];
}

export function toTheirs(alias: Alias, args: Record<string, unknown>): Record<string, unknown> {
  const named = Object.entries(args).map(
    ([key, value]) => [alias.args[key] ?? key, value] as const,
  );
  return Object.fromEntries(named);
}

/** Undefined when two of their names mean the same argument. */
export function toOurs(
  alias: Alias,
  theirs: Record<string, unknown>,
): Record<string, unknown> | undefined {
  const ours = new Map(Object.entries(alias.args).map(([our, their]) => [their, our]));
  const named = Object.entries(theirs).map(
    ([key, value]) => [ours.get(key) ?? key, value] as const,
  );
  if (new Set(named.map(([key]) => key)).size < named.length) return undefined;
  return Object.fromEntries(named);
}
