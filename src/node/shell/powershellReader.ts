// The strict reading of a PowerShell line: cmdlets and programs with bare words and plain quotes, joined by `;`, line
// breaks, `|`, `&&` and `||`, output to `$null`. No expressions, variables, blocks, calls or escapes.
import type { ShellWord, SimpleCommand } from '../../core/ports/shell.ts';
import { withFolders, type CdWords, type Link } from './chain.ts';

export type PowershellReading =
  /** `filled`: the text with what the grammar is known to choke on replaced, length by length. */
  { ok: true; commands: SimpleCommand[]; filled: string } | { ok: false; why: string };

const BLANK = /[ \t]+/y;
const CD: CdWords = { program: /^(?:cd|set-location)$/i, odd: /^-|^$|[:,~]/ };
const COMMENT = /#[^\n]*/y;
const SEPARATOR = /&&|\|\||[;|\n]/y;
const FREE_REDIRECT = /(?:[1-6*]?>>?[ \t]*\$null|[2-6*]>&1)(?=[\s;|&]|$)/iy;
/** Bare text with at most one quoted end: what follows a closing quote would be a word of its own. */
const WORD =
  /(?:(?![@~])[A-Za-z0-9_.\\/:+%^=*?,@~!-]+(?:'[^'"`“”„‘’‚‛]*'|"[^"`$“”„‘’‚‛]*")?|'(?:[^'"`“”„‘’‚‛]|'')*'|"[^"`$“”„‘’‚‛]*")(?=[\s;|&]|$)/y;
const PROGRAM = /^(?:\.{0,2}[\\/])?[A-Za-z][\w.\\/-]*$/;
const KEYWORDS = new Set(
  'begin break catch class clean configuration continue data define do dynamicparam else elseif end enum exit filter finally for foreach from function hidden if in inlinescript parallel param process return sequence static switch throw trap try until using var while workflow'.split(
    ' ',
  ),
);

export function readPowershell(text: string): PowershellReading {
  const items: Link[] = [];
  const filled: string[] = [];
  let at = 0;
  let item = newItem();
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  while (at < text.length) {
    const start = at;
    const separator = take(SEPARATOR);
    if (separator !== null) {
      const closed = close(item, separator, items);
      if (closed !== null) return { ok: false, why: closed };
      if (item.command.words.length > 0) item = newItem();
    } else if (take(BLANK) === null && take(COMMENT) === null) {
      const redirect = take(FREE_REDIRECT);
      const word = redirect === null ? take(WORD) : null;
      if (word !== null) item.command.words.push(wordOf(word));
      else if (redirect === null) return { ok: false, why: reasonAt(text[at] ?? '') };
      else item.command.redirects.push({ operator: '>', raw: redirect, target: null });
      item.command.raw += `${item.command.raw === '' ? '' : ' '}${text.slice(start, at)}`;
    }
    filled.push(fill(text.slice(start, at)));
  }
  const { words, redirects } = item.command;
  const open = words.length + redirects.length > 0 ? close(item, '', items) : trailing(items);
  const why =
    open ?? items.map(({ command }) => commandProblem(command)).find((one) => one !== null);
  if (why !== undefined && why !== null) return { ok: false, why };
  return { ok: true, commands: withFolders(items, CD), filled: filled.join('') };
}

function newItem(): Link {
  return {
    command: { raw: '', words: [], assignments: [], redirects: [], nested: false },
    then: '',
  };
}

function close(item: Link, then: string, items: Link[]): string | null {
  const { words, redirects } = item.command;
  if (words.length > 0) {
    items.push({ ...item, then });
    return null;
  }
  if (redirects.length > 0) return 'a redirection stands alone';
  const last = items.at(-1);
  // A line may break behind an operator; empty lines and statements do nothing.
  if (then === '\n' || (then === ';' && (last === undefined || /^[;\n]?$/.test(last.then))))
    return null;
  return 'a separator stands alone';
}

function trailing(items: readonly Link[]): string | null {
  return /^[;\n]?$/.test(items.at(-1)?.then ?? '') ? null : 'it ends with an operator';
}

function wordOf(raw: string): ShellWord {
  const text = raw.startsWith("'")
    ? raw.slice(1, -1).replace(/''/g, "'")
    : raw.replace(/['"]/g, '');
  return { raw, text, literal: true, glob: /^[^'"]*[*?]/.test(raw) };
}

function commandProblem({ words }: SimpleCommand): string | null {
  const [program] = words;
  if (program === undefined || !PROGRAM.test(program.raw)) return 'it starts with no plain command';
  if (KEYWORDS.has(program.text.toLowerCase())) return `it holds ${program.text}`;
  // Old versions hand quotes and a backslash before them to programs unescaped, which joins words.
  if (words.some(({ raw }) => /\\['"]$/.test(raw))) return 'a quoted word ends in a backslash';
  return words.some(({ text }) => text.startsWith('--%')) ? 'it stops the parser (--%)' : null;
}

function reasonAt(character: string): string {
  if (character === '$' || character === '`')
    return 'it holds text that is known only when it runs';
  if (character === '>') return 'it redirects';
  return `it holds ${character}`;
}

/** The grammar takes neither `--`, nor lists without blanks, nor `--name=value`, nor quotes inside words. */
function fill(piece: string): string {
  if (piece === '--') return '-z';
  if (piece === '.') return 'x';
  const quoted = /^[^'"\s]+(?=['"])/.exec(piece)?.[0];
  if (quoted !== undefined) return fill(quoted).padEnd(piece.length, 'x');
  if (/^-+[A-Za-z]/.test(piece)) return piece.replace(/[^A-Za-z-]/g, 'x');
  return /^['"#]/.test(piece) ? piece : piece.replace(/[,=]/g, 'x');
}
