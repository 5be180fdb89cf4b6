// Parses a command line with a real grammar for policy. Total: what cannot be read soundly comes back `ok: false`,
// with every command that could be found, so that a deny still sees it.
import { countHidden } from '../../protocol/displayBytes.ts';
import { SHELLS } from '../../core/policy/innerScripts.ts';
import { seenThrough } from '../../core/policy/wrappers.ts';
import type { ShellName, ShellParse, ShellParser, SimpleCommand } from '../../core/ports/shell.ts';
import { readBashTree, type TreeReading } from './bashTree.ts';
import { readCmd } from './cmdReader.ts';
import { readPosix, type Reading } from './posixReader.ts';
import { readPowershell, type PowershellReading } from './powershellReader.ts';
import { readPowershellTree } from './powershellTree.ts';
import { scanTokens } from './tokenScan.ts';
import { createGrammars, GrammarNeeded, type Grammars } from './treeSitter.ts';

const MAX_TEXT = 32_000;
const MAX_COMMANDS = 500;
/** Beyond this many the tree is not even built. */
const MAX_SEPARATORS = 1500;
/** One line of words that every shell takes as they stand: the grammar has nothing to add. */
const PLAIN = /^[A-Za-z][\w./:@%+,-]*(?: +[\w./:@%+,-][\w./:@%+,=-]*)* *$/;
const CONTINUATION = /\\\n/g;
const MAX_DEPTH = 4;
const MAX_SCRIPTS = 50;

/** A parser over the grammars in `wasmDir`, loaded when a line needs them. Without its grammar such a line is not ok. */
export function createShellParser(wasmDir: string): ShellParser {
  let grammars = createGrammars(wasmDir);
  return {
    parse: async (command, shell) => {
      const read = (): ShellParse => parseText(grammars, command, { shell, depth: 0 });
      try {
        return await loadingGrammars(grammars, read);
      } catch {
        grammars = createGrammars(wasmDir);
        return failed(command, shell, 'the shell grammar could not be used');
      }
    },
  };
}

/** Reads again once the grammar is there: most lines, and most sessions, need one of them at most. */
async function loadingGrammars(grammars: Grammars, read: () => ShellParse): Promise<ShellParse> {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GrammarNeeded)) throw error;
    await grammars.load(error.grammar);
    return read();
  }
}

interface Options {
  shell: ShellName;
  depth: number;
}

interface CheckedReading extends TreeReading {
  hasError: boolean;
}

function parseText(grammars: Grammars, text: string, options: Options): ShellParse {
  const { shell } = options;
  if (text.length > MAX_TEXT) return failed(text, shell, 'the command is too long to be parsed');
  if (countSeparators(text) > MAX_SEPARATORS)
    return failed(text, shell, 'the command has too many parts');
  if (PLAIN.test(text) && shell !== 'cmd' && shell !== 'powershell') {
    const reading = readPosix(text, shell);
    if (reading.ok) return agreed(grammars, { commands: reading.commands, single: true }, options);
  }
  const hidden = countHidden(text, true) > 0;
  if (shell === 'cmd') {
    const reading = hidden ? HIDDEN : readCmd(text);
    return reading.ok
      ? agreed(grammars, { commands: reading.commands, single: true }, options)
      : failed(text, shell, reading.why);
  }
  const reading: Reading | PowershellReading = hidden
    ? HIDDEN
    : shell === 'powershell'
      ? readPowershell(text)
      : readPosix(text, shell);
  const tree = readTree(grammars, text, { shell, reading });
  if (tree === null || tree.tooMany) {
    return failed(text, shell, 'the command has too many parts', tree?.commands);
  }
  const problem = hidden ? HIDDEN.why : problemOf(tree);
  if (problem !== null) {
    const parse = failed(text, shell, problem, [
      ...tree.commands,
      ...joinedCommands(grammars, text, options),
      ...doubleBrackets(grammars, text, options),
    ]);
    return { ...parse, commands: withScripts(grammars, parse.commands, options) };
  }
  if (!reading.ok) return uncertain(grammars, tree, { text, why: reading.why, options });
  if (agree(tree.commands, reading.commands, shell))
    return agreed(grammars, { commands: reading.commands, single: tree.single }, options);
  const parse = failed(text, shell, 'it could be read in more than one way', tree.commands);
  return { ...parse, commands: withScripts(grammars, parse.commands, options) };
}

const HIDDEN = { ok: false, why: 'it holds characters that cannot be seen' } as const;

function countSeparators(text: string): number {
  return text.match(/[;&|\n]+/g)?.length ?? 0;
}

/** Both readings name the same commands, word for word. */
function agreed(grammars: Grammars, own: Agreed, options: Options): ShellParse {
  const commands = withScripts(grammars, own.commands, options);
  const compound = !own.single || commands.length !== 1;
  return { ok: true, certain: true, problem: null, compound, commands };
}

interface Agreed {
  commands: readonly SimpleCommand[];
  /** Nothing but one simple command, by its looks. */
  single: boolean;
}

/** The grammar is sure, the strict reading does not take it: never allowed, and a deny sees every command of the tree. */
function uncertain(
  grammars: Grammars,
  tree: CheckedReading,
  { text, why, options }: { text: string; why: string; options: Options },
): ShellParse {
  const commands = [
    ...withScripts(grammars, tree.commands, options),
    ...doubleBrackets(grammars, text, options),
    ...joinedCommands(grammars, text, options),
    // The brackets of a `case` inside a substitution mislead the grammar.
    ...(text.includes('esac') ? scanTokens(text, options.shell) : []),
  ];
  const compound = !tree.single || commands.length !== 1;
  return { ok: true, certain: false, problem: why, compound, commands };
}

/** Line continuations join words, which the grammar does not do: a deny sees that reading too. */
function joinedCommands(grammars: Grammars, text: string, options: Options): SimpleCommand[] {
  if (!text.includes('\\\n') || options.shell === 'powershell') return [];
  return parseText(grammars, text.replace(CONTINUATION, ''), options).commands;
}

/** `((` is arithmetic to one shell and two subshells to another; deny sees the second reading too. */
function doubleBrackets(grammars: Grammars, text: string, options: Options): SimpleCommand[] {
  if (!text.includes('((') || options.shell === 'powershell') return [];
  const apart = text.replace(/\((?=\()/g, '( ').replace(/\)(?=\))/g, ') ');
  return parseText(grammars, apart, options).commands;
}

function readTree(
  grammars: Grammars,
  text: string,
  { shell, reading }: { shell: ShellName; reading: Reading | PowershellReading },
): CheckedReading | null {
  if (shell === 'powershell') {
    const known = 'filled' in reading ? reading.filled : text;
    return grammars.read('powershell', known, (root) => ({
      ...readPowershellTree(root, MAX_COMMANDS),
      hasError: root.hasError,
    }));
  }
  // Where the strict reading has understood the continuations, the grammar is given the line without them.
  const joined = reading.ok ? text.replace(CONTINUATION, '') : text;
  return grammars.read('bash', joined, (root) => ({
    ...readBashTree(root, MAX_COMMANDS),
    hasError: root.hasError,
  }));
}

function problemOf(tree: CheckedReading): string | null {
  if (tree.hasError) return 'it does not parse without error';
  if (tree.joined) return 'it cannot be split into lines for certain';
  return null;
}

/** The same commands, whatever their order; PowerShell's grammar is only asked for their names. */
function agree(
  tree: readonly SimpleCommand[],
  own: readonly SimpleCommand[],
  shell: ShellName,
): boolean {
  if (tree.length !== own.filter((command) => command.words.length > 0).length) return false;
  const key = (command: SimpleCommand): string => {
    const words = command.words.map((word) => word.text);
    return shell === 'powershell'
      ? (words[0] ?? '')
      : JSON.stringify([words, command.assignments.map(({ name, value }) => [name, value.text])]);
  };
  const keys = tree.map(key).sort();
  return own
    .filter((command) => command.words.length > 0)
    .map(key)
    .sort()
    .every((found, i) => found === keys[i]);
}

/** Not ok, but with what the grammar found and a rough scan of the rest. */
function failed(
  text: string,
  shell: ShellName,
  problem: string,
  found: readonly SimpleCommand[] = [],
): ShellParse {
  const commands = [...found, ...scanTokens(text, shell)];
  return { ok: false, certain: false, problem, compound: true, commands };
}

/** Adds the commands inside literal scripts: `sh -c '…'`, `eval '…'`. */
function withScripts(
  grammars: Grammars,
  commands: readonly SimpleCommand[],
  { shell, depth }: Options,
): SimpleCommand[] {
  const inner: SimpleCommand[] = [];
  if (depth >= MAX_DEPTH) return [...commands];
  let scripts = 0;
  for (const command of commands.slice(0, MAX_COMMANDS)) {
    const seen = seenThrough(command, shell);
    for (const script of [...seen.scripts, ...fedScripts(command, seen.argvs)]) {
      if (script.trim() === '' || (scripts += 1) > MAX_SCRIPTS) continue;
      const parsed = parseText(grammars, script, { shell, depth: depth + 1 });
      inner.push(...parsed.commands.map((found) => ({ ...found, nested: true })));
    }
  }
  return [...commands, ...inner];
}

/** What a here-document hands to a shell. */
function fedScripts(command: SimpleCommand, argvs: readonly (readonly string[])[]): string[] {
  const bodies = command.redirects.flatMap(({ body }) => (body === undefined ? [] : [body]));
  if (bodies.length === 0 || !argvs.some(([program = '']) => SHELLS.has(program))) return [];
  return bodies;
}
