// The strict second reading of a line for bash, sh or zsh: which simple commands it is made of, in what folders they
// may run, what feeds them. Independent of the grammar; only where both agree may a line be allowed.
import type { ShellName, SimpleCommand, ShellRedirect } from '../../core/ports/shell.ts';
import { Folders } from './folders.ts';
import { NotPlain, tokensOf, type Token } from './posixTokens.ts';

export type Reading =
  | { ok: true; commands: SimpleCommand[] }
  /** Why the line is more than this reading takes. */
  | { ok: false; why: string };

interface Reader {
  text: string;
  shell: ShellName;
  tokens: readonly Token[];
  at: number;
  depth: number;
  commands: SimpleCommand[];
  folders: Folders;
}

const MAX_DEPTH = 20;
const ASSIGNMENT = /^([A-Za-z_]\w*)=/;
/** Words that are not commands where a command starts; those that are read below are not among them. */
const UNREAD = new Set(
  'case esac select function coproc [[ ]] in repeat foreach end always nocorrect noglob - then elif else fi do done }'.split(
    ' ',
  ),
);

export function readPosix(text: string, shell: ShellName): Reading {
  try {
    const tokens = tokensOf(text, shell);
    const reader: Reader = {
      ...{ text, shell, tokens, at: 0, depth: 0, commands: [] },
      folders: new Folders(),
    };
    readList(reader, []);
    if (reader.at < tokens.length) throw new NotPlain('it holds a stray word of control flow');
    return { ok: true, commands: reader.commands };
  } catch (error) {
    if (error instanceof NotPlain) return { ok: false, why: error.message };
    throw error;
  }
}

/** Commands up to one of the closing words, which is left where it is. At least one command unless at the top. */
function readList(reader: Reader, closing: readonly string[]): void {
  skipNewlines(reader);
  const start = reader.at;
  while (reader.at < reader.tokens.length && !isAt(reader, closing)) {
    readAndOr(reader);
    if (!isOperator(reader, [';', '&', '\n'])) break;
    reader.at += 1;
    skipNewlines(reader);
  }
  if (closing.length > 0 && (reader.at === start || !isAt(reader, closing))) {
    throw new NotPlain('a group or block is not closed');
  }
}

function readAndOr(reader: Reader): void {
  const before = reader.folders.open();
  for (;;) {
    const cd = readPipeline(reader);
    const and = isOperator(reader, ['&&']);
    if (!and && !isOperator(reader, ['||'])) break;
    if (!and) reader.folders.leave();
    else if (cd !== null) reader.folders.enter(cd);
    reader.at += 1;
    skipNewlines(reader);
  }
  reader.folders.close(before);
}

/** Returns the target when the pipeline is a single plain `cd`. */
function readPipeline(reader: Reader): string | null {
  const negated = isWord(reader, ['!']);
  if (negated) reader.at += 1;
  let cd = readCommand(reader, false);
  while (isOperator(reader, ['|', '|&'])) {
    reader.at += 1;
    skipNewlines(reader);
    if (cd !== null) reader.folders.maybe(cd);
    const next = readCommand(reader, true);
    if (next !== null) reader.folders.maybe(next);
    cd = null;
  }
  if (cd !== null) reader.folders.maybe(cd);
  return negated ? null : cd;
}

function readCommand(reader: Reader, fed: boolean): string | null {
  if ((reader.depth += 1) > MAX_DEPTH) throw new NotPlain('it is nested too deeply');
  const first = reader.commands.length;
  const compound = readCompound(reader);
  const cd = compound ? null : readSimple(reader);
  const around = compound ? takeRedirects(reader) : [];
  // What a group is fed or redirected to holds for every command in it.
  for (const command of reader.commands.slice(first)) {
    command.redirects.push(...around);
    if (around.length > 0) command.raw += ` ${around.map((redirect) => redirect.raw).join(' ')}`;
    if (fed) command.fed = true;
  }
  reader.depth -= 1;
  return cd;
}

function readCompound(reader: Reader): boolean {
  if (isOperator(reader, ['('])) return block(reader, ')');
  if (isWord(reader, ['{'])) return block(reader, '}');
  if (isWord(reader, ['if'])) return readIf(reader);
  if (isWord(reader, ['while', 'until'])) return readLoop(reader, false);
  return isWord(reader, ['for']) && readLoop(reader, true);
}

function block(reader: Reader, close: string): true {
  if (reader.shell === 'zsh') throw new NotPlain('groups are not read for zsh');
  reader.at += 1;
  readList(reader, [close]);
  reader.at += 1;
  return true;
}

function readIf(reader: Reader): true {
  if (reader.shell === 'zsh') throw new NotPlain('blocks are not read for zsh');
  reader.at += 1;
  readList(reader, ['then']);
  for (;;) {
    reader.at += 1;
    readList(reader, ['elif', 'else', 'fi']);
    if (isWord(reader, ['fi'])) break;
    const last = isWord(reader, ['else']);
    reader.at += 1;
    readList(reader, last ? ['fi'] : ['then']);
    if (last) break;
  }
  reader.at += 1;
  return true;
}

function readLoop(reader: Reader, overWords: boolean): true {
  if (reader.shell === 'zsh') throw new NotPlain('loops are not read for zsh');
  const first = reader.commands.length;
  const folders = reader.folders.count;
  reader.at += 1;
  if (overWords) readLoopWords(reader);
  else readList(reader, ['do']);
  reader.at += 1;
  readList(reader, ['done']);
  reader.at += 1;
  if (reader.folders.count !== folders) {
    reader.folders.lose();
    for (const command of reader.commands.slice(first)) command.folders = null;
  }
  return true;
}

/** `name in word… ;` up to `do`. */
function readLoopWords(reader: Reader): void {
  const name = wordAt(reader);
  reader.at += 1;
  const isIn = isWord(reader, ['in']);
  if (!isIn || name === null || !/^[a-z]\w*$/.test(name))
    throw new NotPlain('a loop of its own kind');
  reader.at += 1;
  while (wordAt(reader) !== null) reader.at += 1;
  if (!isOperator(reader, [';', '\n'])) throw new NotPlain('a loop without its list');
  reader.at += 1;
  skipNewlines(reader);
  if (!isWord(reader, ['do'])) throw new NotPlain('a loop without do');
}

function readSimple(reader: Reader): string | null {
  const start = reader.tokens[reader.at]?.start ?? 0;
  const command: SimpleCommand = {
    ...{ raw: '', words: [], assignments: [], redirects: [], nested: false },
    folders: reader.folders.now,
  };
  let end = start;
  for (
    let token = reader.tokens[reader.at];
    token !== undefined;
    token = reader.tokens[reader.at]
  ) {
    if (token.kind === 'operator') break;
    if (token.kind === 'redirect') command.redirects.push(token.redirect);
    else addWord(command, token.word);
    end = token.end;
    reader.at += 1;
  }
  if (end === start) throw new NotPlain('a separator stands alone');
  if (isOperator(reader, ['('])) throw new NotPlain('it defines a function or uses brackets');
  command.raw = reader.text.slice(start, end);
  if (command.redirects.some((redirect) => redirect.operator.startsWith('<<'))) command.fed = true;
  reader.commands.push(command);
  return cdTarget(command);
}

function addWord(command: SimpleCommand, word: SimpleCommand['words'][number]): void {
  const assignment = command.words.length === 0 ? ASSIGNMENT.exec(word.raw) : null;
  if (assignment !== null) {
    const at = word.text.indexOf('=');
    const value = {
      ...word,
      raw: word.raw.slice(assignment[0].length),
      text: word.text.slice(at + 1),
    };
    command.assignments.push({ name: assignment[1] ?? '', value });
    return;
  }
  if (command.words.length === 0 && /^[A-Za-z_]\w*(?:\+=|\[)/.test(word.raw)) {
    throw new NotPlain('it sets variables');
  }
  if (command.words.length === 0 && UNREAD.has(word.raw)) {
    throw new NotPlain(`it holds ${word.raw}`);
  }
  command.words.push(word);
}

/** The folder of `cd FOLDER` in its plainest form. */
function cdTarget({ words, assignments }: SimpleCommand): string | null {
  const [program, target, more] = words;
  if (program?.text !== 'cd' || target === undefined || more !== undefined) return null;
  const plain = target.literal && !target.glob && !/^-|^$|\$/.test(target.text);
  return plain && assignments.length === 0 ? target.text : null;
}

function takeRedirects(reader: Reader): ShellRedirect[] {
  const taken: ShellRedirect[] = [];
  for (let token = reader.tokens[reader.at]; token?.kind === 'redirect';) {
    if (token.redirect.operator.startsWith('<')) throw new NotPlain('a group reads a redirection');
    taken.push(token.redirect);
    reader.at += 1;
    token = reader.tokens[reader.at];
  }
  return taken;
}

function skipNewlines(reader: Reader): void {
  while (isOperator(reader, ['\n'])) reader.at += 1;
}

function isOperator(reader: Reader, texts: readonly string[]): boolean {
  const token = reader.tokens[reader.at];
  return token?.kind === 'operator' && texts.includes(token.text);
}

/** The unquoted word here, or null. */
function wordAt(reader: Reader): string | null {
  const token = reader.tokens[reader.at];
  return token?.kind === 'word' ? token.word.raw : null;
}

function isWord(reader: Reader, texts: readonly string[]): boolean {
  const word = wordAt(reader);
  return word !== null && texts.includes(word);
}

function isAt(reader: Reader, closing: readonly string[]): boolean {
  return isOperator(reader, closing) || isWord(reader, closing);
}
