// Parses a command line with a real grammar for policy. Total: what cannot be read soundly comes back `ok: false`,
// with every command that could be found, so that a deny still sees it.
import { countHidden } from '../../protocol/displayBytes.ts';
import { seeThrough } from '../../core/policy/wrappers.ts';
import type { ShellName, ShellParse, ShellParser, SimpleCommand } from '../../core/ports/shell.ts';
import { readPlainLine } from './bashWords.ts';
import { readBashTree, type TreeReading } from './bashTree.ts';
import { readPlainPowershell, readPowershellTree } from './powershellTree.ts';
import { scanTokens } from './tokenScan.ts';
import { loadGrammars, type Grammars } from './treeSitter.ts';

const MAX_TEXT = 32_000;
const MAX_COMMANDS = 500;
/** Beyond this many the tree is not even built. */
const MAX_SEPARATORS = 1500;
const CONTINUATION = /\\\n/g;
const MAX_DEPTH = 4;
const MAX_SCRIPTS = 50;

/** A parser over the grammars in `wasmDir`, loaded on first use. A grammar that cannot be loaded means nothing is ok. */
export function createShellParser(wasmDir: string): ShellParser {
  let loading: Promise<Grammars> | undefined;
  return {
    parse: async (command, shell) => {
      try {
        loading ??= loadGrammars(wasmDir);
        return parseText(await loading, command, { shell, depth: 0 });
      } catch {
        loading = undefined;
        return failed(command, shell, 'the shell grammar could not be used');
      }
    },
  };
}

interface Options {
  shell: ShellName;
  depth: number;
}

function parseText(grammars: Grammars, text: string, options: Options): ShellParse {
  const { shell } = options;
  if (text.length > MAX_TEXT) return failed(text, shell, 'the command is too long to be parsed');
  if (countSeparators(text) > MAX_SEPARATORS)
    return failed(text, shell, 'the command has too many parts');
  if (shell === 'cmd') return failed(text, shell, 'cmd command lines are always asked about');
  const reading = readTree(grammars, text, shell);
  if (reading === null || reading.tooMany) {
    return failed(text, shell, 'the command has too many parts', reading?.commands);
  }
  const problem = problemOf(text, reading);
  if (problem !== null) {
    const parse = failed(text, shell, problem, reading.commands);
    return { ...parse, commands: withScripts(grammars, parse.commands, options) };
  }
  if (text.includes('\\\n')) return continued(grammars, text, { reading, options });
  const commands = withScripts(grammars, reading.commands, options);
  const compound = !reading.single || commands.length !== 1;
  if (compound) {
    const more = doubleBrackets(grammars, text, options);
    return { ok: true, problem: null, compound, commands: [...commands, ...more] };
  }
  return singleCommand(text, shell, commands);
}

function countSeparators(text: string): number {
  return text.match(/[;&|\n]+/g)?.length ?? 0;
}

/** Line continuations join words, which the grammar does not do; both readings count for deny, neither for allow. */
function continued(
  grammars: Grammars,
  text: string,
  { reading, options }: { reading: CheckedReading; options: Options },
): ShellParse {
  const joined = parseText(grammars, text.replace(CONTINUATION, ''), options);
  const commands = [...withScripts(grammars, reading.commands, options), ...joined.commands];
  return { ok: false, problem: 'it holds a line continuation', compound: true, commands };
}

/** `((` is arithmetic to one shell and two subshells to another; deny sees the second reading too. */
function doubleBrackets(grammars: Grammars, text: string, options: Options): SimpleCommand[] {
  if (!text.includes('((') || options.shell === 'powershell' || options.depth > 0) return [];
  const apart = text.replace(/\((?=\()/g, '( ').replace(/\)(?=\))/g, ') ');
  return parseText(grammars, apart, { ...options, depth: 1 }).commands;
}

interface CheckedReading extends TreeReading {
  hasError: boolean;
}

function readTree(grammars: Grammars, text: string, shell: ShellName): CheckedReading | null {
  const powershell = shell === 'powershell';
  return grammars.read(powershell ? 'powershell' : 'bash', text, (root) => {
    const read = powershell ? readPowershellTree : readBashTree;
    return { ...read(root, MAX_COMMANDS), hasError: root.hasError };
  });
}

function problemOf(text: string, reading: CheckedReading): string | null {
  if (countHidden(text, true) > 0) return 'it holds characters that cannot be seen';
  if (reading.hasError) return 'it does not parse without error';
  if (reading.joined) return 'it cannot be split into lines for certain';
  return null;
}

/** One simple command by the grammar: ok only when the strict second reading agrees word by word. */
function singleCommand(text: string, shell: ShellName, commands: SimpleCommand[]): ShellParse {
  const [command] = commands;
  const whole = { ok: true, problem: null, compound: false, commands };
  if (command === undefined) return { ...whole, compound: true };
  if (shell === 'powershell') {
    const plain = readPlainPowershell(text);
    return plain === null
      ? failed(text, shell, 'it is more than one plain command', commands)
      : { ...whole, commands: [plain] };
  }
  const dynamic = command.words.some((word) => !word.literal || word.glob);
  if (dynamic || command.assignments.length > 0 || !command.redirects.every(isRead)) return whole;
  const plain = readPlainLine(text);
  const words = command.words.map((word) => word.text);
  if (
    plain === null ||
    plain.words.length !== words.length ||
    plain.words.some((w, i) => w !== words[i])
  ) {
    return failed(text, shell, 'it cannot be read as one plain command', commands);
  }
  if (shell === 'zsh' && !isPlainZsh(command, text)) {
    return failed(text, shell, 'zsh may read it differently', commands);
  }
  return whole;
}

/** Redirections that the second reading knows; any other asks anyway. */
function isRead(redirect: { raw: string }): boolean {
  return readPlainLine(`x ${redirect.raw}`) !== null;
}

function isPlainZsh(command: SimpleCommand, text: string): boolean {
  if (text.includes('#')) return false;
  return command.words.every((word) => /^(?:[\w./:@%+,-][\w./:@%+,=-]*|'[^']*')$/.test(word.raw));
}

/** Not ok, but with what the grammar found and a rough scan of the rest. */
function failed(
  text: string,
  shell: ShellName,
  problem: string,
  found: readonly SimpleCommand[] = [],
): ShellParse {
  const commands = [...found, ...scanTokens(text, shell)];
  return { ok: false, problem, compound: true, commands };
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
    const argv = command.words.map((word) => word.text);
    for (const script of seeThrough(argv, shell).scripts) {
      if (script.trim() === '' || (scripts += 1) > MAX_SCRIPTS) continue;
      const parsed = parseText(grammars, script, { shell, depth: depth + 1 });
      inner.push(...parsed.commands.map((found) => ({ ...found, nested: true })));
    }
  }
  return [...commands, ...inner];
}
