// Quote removal for POSIX-like shells, and a strict second reading of a plain command line.
import type { ShellWord } from '../../core/ports/shell.ts';

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    n: '\n',
    t: '\t',
    r: '\r',
    a: '\x07',
    b: '\b',
    e: '\x1b',
    E: '\x1b',
    f: '\f',
    v: '\v',
  }),
);

const PLAIN = /^[\w./:@%+,=-]+$/;

interface Reading {
  raw: string;
  at: number;
  text: string;
  literal: boolean;
  glob: boolean;
}

/** The word after quote removal; `literal` only when its value does not depend on anything at run time. */
export function unquoteBash(raw: string): ShellWord {
  if (PLAIN.test(raw)) return { raw, text: raw, literal: true, glob: false };
  const reading: Reading = { raw, at: 0, text: '', literal: true, glob: false };
  if (raw.startsWith('~')) reading.literal = false;
  while (reading.at < raw.length) readPiece(reading);
  const { text, literal, glob } = reading;
  return { raw, text, literal, glob: glob || hasBraceExpansion(raw) };
}

function readPiece(reading: Reading): void {
  const character = reading.raw[reading.at] ?? '';
  if (character === "'") return readSingle(reading);
  if (character === '"') return readDouble(reading);
  if (character === '\\') return readEscape(reading);
  if (character === '$') return readDollar(reading);
  reading.at += 1;
  reading.text += character;
  if (character === '`') reading.literal = false;
  if (character === '*' || character === '?' || character === '[') reading.glob = true;
  // Process substitution, extended globs and everything else that is no word character unquoted.
  if ('()<>|&;\n'.includes(character)) reading.literal = false;
}

function readEscape(reading: Reading): void {
  const next = reading.raw[reading.at + 1];
  reading.at += 2;
  // A lone backslash at the end: shells differ.
  if (next === undefined) reading.literal = false;
  else if (next !== '\n') reading.text += next;
}

function readSingle(reading: Reading): void {
  const end = reading.raw.indexOf("'", reading.at + 1);
  if (end < 0) reading.literal = false;
  reading.text += reading.raw.slice(reading.at + 1, end < 0 ? undefined : end);
  reading.at = end < 0 ? reading.raw.length : end + 1;
}

function readDouble(reading: Reading): void {
  const { raw } = reading;
  let at = reading.at + 1;
  for (; at < raw.length && raw[at] !== '"'; at += 1) {
    const character = raw[at] ?? '';
    if (character === '\\') {
      const next = raw[at + 1] ?? '';
      at += 1;
      if (next === '\n') continue;
      reading.text += '"\\$`'.includes(next) && next !== '' ? next : `\\${next}`;
      continue;
    }
    if (character === '$' && raw[at + 1] !== '"' && raw[at + 1] !== ' ') reading.literal = false;
    if (character === '`') reading.literal = false;
    reading.text += character;
  }
  if (at >= raw.length) reading.literal = false;
  reading.at = at + 1;
}

function readDollar(reading: Reading): void {
  const next = reading.raw[reading.at + 1];
  reading.literal = false;
  if (next === "'") {
    readAnsi(reading);
  } else if (next === '"') {
    reading.at += 1;
    readDouble(reading);
  } else {
    reading.at += 1;
    reading.text += '$';
  }
}

/** `$'…'`: decoded as bash does, so that a denied name inside is seen; never literal. */
function readAnsi(reading: Reading): void {
  const { raw } = reading;
  let at = reading.at + 2;
  while (at < raw.length && raw[at] !== "'") {
    if (raw[at] !== '\\') {
      reading.text += raw[at] ?? '';
      at += 1;
      continue;
    }
    const code =
      /^\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3}))/.exec(
        raw.slice(at, at + 10),
      );
    if (code === null) {
      const escaped = raw[at + 1] ?? '';
      reading.text += SIMPLE_ESCAPES.get(escaped) ?? escaped;
      at += 2;
    } else {
      const hex = code[1] ?? code[2] ?? code[3];
      const point = hex === undefined ? parseInt(code[4] ?? '0', 8) : parseInt(hex, 16);
      reading.text += point <= 0x10ffff ? String.fromCodePoint(point) : '';
      at += code[0].length;
    }
  }
  reading.at = at + 1;
}

function hasBraceExpansion(raw: string): boolean {
  const bare = raw.replace(/'[^']*'|"(?:\\[^]|[^"\\])*"|\\[^]/g, 'q');
  return /\{[^{}]*(?:,|\.\.)/.test(bare);
}

interface PlainLine {
  words: string[];
  redirects: string[];
}

// One alternative for each thing a plain line may hold; anything else makes it not plain.
const BLANK = /[ \t]+/y;
const COMMENT = /#[^\n]*/y;
const FREE_REDIRECT =
  /(?:[0-9]?(?:>>?|<)[ \t]*\/dev\/null|&>>?[ \t]*\/dev\/null|[0-9]?>&[0-9-]|[0-9]?<&[0-9-])(?=[ \t\n]|$)/y;
const WORD =
  /(?:[^\s'"\\$`|&;<>()#*?[\]{}~!]|(?<=[^\s])[#~!{}\]]|'[^']*'|"(?:[^"\\$`]|\\[^\n])*"|\\[^\n])+|[{}\]!](?=[ \t\n]|$)/y;

/**
 * A second, independent and much stricter reading: one simple command of literal words, free redirections and a
 * comment. Null when the line is anything more; then the grammar's reading alone is not trusted for an allow.
 */
export function readPlainLine(text: string): PlainLine | null {
  const words: string[] = [];
  const redirects: string[] = [];
  const line = text.replace(/^[ \t\n]+|[ \t\n]+$/g, '');
  let at = 0;
  let separated = true;
  while (at < line.length) {
    const take = (pattern: RegExp): string | null => {
      pattern.lastIndex = at;
      const found = pattern.exec(line)?.[0] ?? null;
      if (found !== null) at += found.length;
      return found;
    };
    if (take(BLANK) !== null) {
      separated = true;
      continue;
    }
    if (!separated) return null;
    separated = false;
    if (words.length > 0 && take(COMMENT) !== null) continue;
    const redirect = take(FREE_REDIRECT);
    if (redirect !== null) {
      redirects.push(redirect);
      continue;
    }
    const word = take(WORD);
    if (word === null) return null;
    words.push(unquoteBash(word).text);
  }
  return { words, redirects };
}
