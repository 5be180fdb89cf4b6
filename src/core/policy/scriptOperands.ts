// The files that a command line runs or loads by name, as far as its words tell: what an approval of it is bound to. Pure.
// It decides nothing: a file that is missing here is a file that the human's consent does not hold to its content.
import { runsOperands } from './wrappers.ts';
import { foldersOf, keyOf } from './place.ts';
import { CARRIERS, LOADERS, LOADING_VARIABLES, type Loader } from './scriptTables.ts';
import type { ShellName, ShellParse, ShellWord, SimpleCommand } from '../ports/shell.ts';

export interface ScriptOperands {
  /** Each names one file, by its first path where something is; relative ones are meant from where the line starts. */
  files: ScriptOperand[];
  /** What is run and cannot be named before it runs: the words as they are written. */
  unknown: string[];
}

interface ScriptOperand {
  paths: string[];
  /** It counts also where nothing is yet: what comes to be there would run. */
  always: boolean;
  /** It is itself the program. */
  program?: true;
}

const MAX_STARTS = 40;
/** Where programs are installed: what is run from there is no script of the workspace. */
const INSTALLED =
  /^(?:\/(?:usr|bin|sbin|opt|lib|lib64|nix|snap|Applications|System|Library)\/|[A-Za-z]:[\\/](?:Windows|Program Files))/i;

export function scriptOperands(parse: ShellParse, shell: ShellName): ScriptOperands {
  const found: ScriptOperands = { files: [], unknown: [] };
  for (const command of parse.commands) {
    const ofCommand = operandsOf(command, shell);
    const folders = foldersOf(command);
    found.unknown.push(...ofCommand.unknown);
    if (folders === null) {
      found.unknown.push(...ofCommand.files.map(({ paths }) => paths[0] ?? ''));
      continue;
    }
    for (const folder of folders) {
      for (const file of ofCommand.files) {
        found.files.push({ ...file, paths: file.paths.map((path) => keyOf(folder, path)) });
      }
    }
  }
  if (parse.commands.some((command) => isFedCode(command))) found.files.push(...pipedIn(parse));
  return found;
}

function operandsOf(command: SimpleCommand, shell: ShellName): ScriptOperands {
  const collector = createCollector();
  for (const { name, value } of command.assignments) {
    if (LOADING_VARIABLES.has(name)) addVariable(value, collector);
  }
  // PowerShell's call operator.
  const words = command.words[0]?.text === '&' ? command.words.slice(1) : command.words;
  fromStart(words, shell, collector);
  if (LOADERS.has(baseName(words[0]?.text ?? '', shell))) {
    for (const { operator, target } of command.redirects) {
      if (operator === '<' && target !== null) collector.add([target], true);
    }
  }
  return collector.found;
}

interface Collector {
  found: ScriptOperands;
  /** Each word with the endings under which it may be found; `always` as in ScriptOperand. */
  add: (
    words: readonly ShellWord[],
    always: boolean,
    more?: { endings?: readonly string[]; program?: true },
  ) => void;
}

function createCollector(): Collector {
  const found: ScriptOperands = { files: [], unknown: [] };
  return {
    found,
    add: (words, always, { endings = [], program } = {}) => {
      for (const word of words) {
        if (word.text === '' || word.text === '-') continue;
        if (!word.literal || word.glob || /^~/.test(word.text)) {
          found.unknown.push(word.raw);
          continue;
        }
        const paths = [word.text, ...endings.map((ending) => word.text + ending)];
        found.files.push({ paths, always, ...(program && { program }) });
      }
    },
  };
}

/** The program at the start of these words; behind a wrapper, the first word from which something is run by name. */
function fromStart(words: readonly ShellWord[], shell: ShellName, collector: Collector): void {
  const [program, ...rest] = words;
  if (program === undefined) return;
  const name = baseName(program.text, shell);
  if (isPath(program.text) && !INSTALLED.test(program.text)) {
    collector.add([program], true, { program: true });
  } else if (!program.literal || program.glob) {
    collector.found.unknown.push(program.raw);
  }
  const loader = LOADERS.get(name);
  if (loader !== undefined) loaded(loader, rest, collector);
  else if (name === 'find' || name === 'fd' || name === 'xargs') behind(rest, shell, collector);
  else if (runsOperands(name) || CARRIERS.has(name)) behind(rest, shell, collector);
}

function behind(words: readonly ShellWord[], shell: ShellName, collector: Collector): void {
  for (const [at, word] of words.slice(0, MAX_STARTS).entries()) {
    // Behind a program `.` is a folder, not the shell's word for “source”.
    if (/^-|^[A-Za-z_]\w*=|^\.$/.test(word.text)) continue;
    const runs =
      LOADERS.has(baseName(word.text, shell)) || CARRIERS.has(baseName(word.text, shell));
    if (!runs && !(isPath(word.text) && !INSTALLED.test(word.text))) continue;
    fromStart(words.slice(at), shell, collector);
    return;
  }
}

function loaded(loader: Loader, words: readonly ShellWord[], collector: Collector): void {
  const { operands, folder, named } = split(loader, words, collector);
  const [first] = operands;
  if (loader.scripts === 'first' && first !== undefined) scriptOf(loader, operands, collector);
  if (loader.scripts === 'all') {
    collector.add(
      operands.map(({ word }) => word),
      false,
    );
  }
  const sub = first?.word.text ?? '';
  const own = loader.onlyOwn ? loader.onlyOwn.has(sub) : !(loader.notOwn?.has(sub) ?? false);
  if (loader.own === undefined || named || !own) return;
  const paths = loader.own.map((path) => (folder === '' ? path : `${folder}/${path}`));
  collector.found.files.push({ paths, always: true });
}

interface Operand {
  word: ShellWord;
  /** An option stands before it, whose value it may be. */
  uncertain: boolean;
}

/** The first operand; where it may be the value of an option, the next ones too, up to one that cannot be. */
function scriptOf(
  { endings = [] }: Loader,
  operands: readonly Operand[],
  { add }: Collector,
): void {
  for (const [at, { word, uncertain }] of operands.entries()) {
    const certain = at === 0 && !uncertain;
    add([word], certain || /[./\\]/.test(word.text), { endings });
    if (!uncertain) return;
  }
}

function split(
  loader: Loader,
  words: readonly ShellWord[],
  { add }: Collector,
): { operands: Operand[]; folder: string; named: boolean } {
  const operands: Operand[] = [];
  let folder = '';
  let named = false;
  let code = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined) continue;
    const { text } = word;
    const next = words[at + 1];
    const file = valueOf(loader.files, word, next);
    const place = valueOf(loader.folders, word, next);
    if (loader.code?.includes(text) || loader.codeLetter?.test(text)) code = true;
    if (file !== undefined) {
      add([file], /^[./\\]|\/|\.\w+$/.test(file.text));
      named = true;
    }
    if (place !== undefined) folder = place.text;
    if (next !== undefined && (file === next || place === next)) at += 1;
    else if (!text.startsWith('-') && !code) {
      const before = words[at - 1]?.text ?? '';
      operands.push({ word, uncertain: /^-[^=]+$/.test(before) && before !== '--' });
    }
  }
  return { operands, folder, named };
}

/** The value of one of `names` at `word`: glued to it, behind `=`, or the next word. */
function valueOf(
  names: readonly string[] | undefined,
  word: ShellWord,
  next: ShellWord | undefined,
): ShellWord | undefined {
  for (const name of names ?? []) {
    if (word.text === name) return next;
    const rest = word.text.startsWith(name) ? word.text.slice(name.length) : '';
    if (rest.startsWith('=')) return { ...word, text: rest.slice(1) };
    if (rest !== '' && /^-[A-Za-z]$/.test(name)) return { ...word, text: rest };
  }
  return undefined;
}

function addVariable(value: ShellWord, { add, found }: Collector): void {
  if (!value.literal) {
    found.unknown.push(value.raw);
    return;
  }
  for (const text of value.text.split(/[\s:=]+/)) {
    if (!text.startsWith('-')) add([{ ...value, text }], isPath(text));
  }
}

/** An interpreter that reads its script from a pipe. */
function isFedCode({ fed, words }: SimpleCommand): boolean {
  const [program, ...rest] = words;
  const loader = LOADERS.get(baseName(program?.text ?? '', 'bash'));
  return fed === true && loader?.scripts === 'first' && rest.every(({ text }) => /^-/.test(text));
}

/** What stands on the other side of the pipe may be the script. */
function pipedIn(parse: ShellParse): ScriptOperand[] {
  return parse.commands.flatMap((command) =>
    (foldersOf(command) ?? []).flatMap((folder) =>
      command.words
        .slice(1)
        .filter(({ literal, glob, text }) => literal && !glob && !/^-|^~|^$/.test(text))
        .map(({ text }) => ({ paths: [keyOf(folder, text)], always: false })),
    ),
  );
}

function isPath(text: string): boolean {
  return /[/\\]/.test(text);
}

function baseName(word: string, shell: ShellName): string {
  const windows = shell === 'powershell' || shell === 'cmd';
  const from = Math.max(word.lastIndexOf('/'), windows ? word.lastIndexOf('\\') : -1) + 1;
  return word
    .slice(from)
    .toLowerCase()
    .replace(/\.exe$|(?<=^(?:python|pypy)\d)[\d.]+$/, '');
}
