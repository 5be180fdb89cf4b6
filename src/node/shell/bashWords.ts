// Quote removal for POSIX-like shells.
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

/** After these a dollar sign in double quotes stands for itself; `$?` is a number whatever happens. */
const KEPT_DOLLAR = /["\s|/.,:;%^&<>)'?]/;
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
  // A home folder; behind = and : only some shells expand it.
  if (character === '~' && /^$|[=:]/.test(reading.raw.slice(0, reading.at).slice(-1))) {
    reading.literal = false;
  }
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
    if (character === '$' && !KEPT_DOLLAR.test(raw[at + 1] ?? '')) reading.literal = false;
    if (character === '`') reading.literal = false;
    reading.text += character;
  }
  if (at >= raw.length) reading.literal = false;
  reading.at = at + 1;
}

function readDollar(reading: Reading): void {
  const next = reading.raw[reading.at + 1];
  if (next !== '?' && next !== undefined) reading.literal = false;
  if (next === "'") {
    readAnsi(reading);
  } else if (next === '"') {
    reading.at += 1;
    readDouble(reading);
  } else {
    const known = next === '?' ? '$?' : '$';
    reading.at += known.length;
    reading.text += known;
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
