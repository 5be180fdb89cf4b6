// Reads git's configuration syntax as git does: sections, quotes, continued lines, comments. Strict: what git would refuse
// is refused here too, because nothing certain can be said of it.
import type { GitSetting } from '../ports/git.ts';

type Read = { ok: true; settings: GitSetting[] } | { ok: false; line: number };

type Section = Pick<GitSetting, 'section' | 'subsection'>;

const SPACE = /[ \t\n\r]/;
const KEY_CHARACTER = /[A-Za-z0-9-]/;
const ESCAPES: Readonly<Record<string, string>> = {
  t: '\t',
  b: '\b',
  n: '\n',
  '\\': '\\',
  '"': '"',
};

/** The entries in their order, or the line (from 1) that is no configuration. */
export function readConfigText(text: string): Read {
  const cursor = new Cursor(text);
  const settings: GitSetting[] = [];
  let section: Section | null = null;
  for (;;) {
    const c = cursor.next();
    if (c === '\n' && cursor.ended) return { ok: true, settings };
    if (SPACE.test(c)) continue;
    if (c === '#' || c === ';') {
      cursor.skipLine();
      continue;
    }
    const line = cursor.line;
    if (c === '[') {
      section = readSection(cursor);
      if (section === null) return { ok: false, line };
      continue;
    }
    // git lets a key stand before the first section, where it means nothing; nobody writes that, so it is refused here.
    if (section === null || !/[A-Za-z]/.test(c)) return { ok: false, line };
    const entry = readEntry(cursor, c);
    if (entry === null) return { ok: false, line };
    settings.push({ ...section, ...entry });
  }
}

/** Characters as git sees them: `\r\n` is `\n`, and the end of the text ends its last line. */
class Cursor {
  private readonly text: string;
  private at: number;
  line = 1;
  ended = false;

  constructor(text: string) {
    this.text = text;
    this.at = text.startsWith('\uFEFF') ? 1 : 0;
  }

  next(): string {
    if (this.at > 0 && this.text[this.at - 1] === '\n') this.line += 1;
    if (this.text[this.at] === '\r' && this.text[this.at + 1] === '\n') this.at += 1;
    const c = this.text[this.at];
    if (c === undefined) {
      this.ended = true;
      return '\n';
    }
    this.at += 1;
    return c;
  }

  skipLine(): void {
    while (this.next() !== '\n');
  }
}

/** Behind `[`: `name]`, `name.rest]` or `name "sub"]`. */
function readSection(cursor: Cursor): Section | null {
  let name = '';
  for (let c = cursor.next(); c !== ']'; c = cursor.next()) {
    if (SPACE.test(c)) return readQuoted(cursor, name.toLowerCase(), c);
    if (!KEY_CHARACTER.test(c) && c !== '.') return null;
    name += c;
  }
  if (name === '') return null;
  const folded = name.toLowerCase();
  const dot = folded.indexOf('.');
  return dot < 0
    ? { section: folded, subsection: null }
    : { section: folded.slice(0, dot), subsection: folded.slice(dot + 1) };
}

/** The sub-section in quotes: any characters but line ends; a backslash takes the next one as it is. */
function readQuoted(cursor: Cursor, name: string, first: string): Section | null {
  let c = first;
  while (c !== '\n' && SPACE.test(c)) c = cursor.next();
  if (c !== '"') return null;
  let quoted = '';
  for (c = cursor.next(); c !== '"'; c = cursor.next()) {
    if (c === '\\') c = cursor.next();
    if (c === '\n' || c === '\0') return null;
    quoted += c;
  }
  if (cursor.next() !== ']') return null;
  const dot = name.indexOf('.');
  return dot < 0
    ? { section: name, subsection: quoted }
    : { section: name.slice(0, dot), subsection: `${name.slice(dot + 1)}.${quoted}` };
}

function readEntry(cursor: Cursor, first: string): Pick<GitSetting, 'key' | 'value'> | null {
  let key = first;
  let c = cursor.next();
  for (; KEY_CHARACTER.test(c); c = cursor.next()) key += c;
  while (c === ' ' || c === '\t') c = cursor.next();
  if (c === '\n') return { key: key.toLowerCase(), value: null };
  const value = c === '=' ? readValue(cursor) : null;
  return value === null ? null : { key: key.toLowerCase(), value };
}

/** Blanks around it do not count unless quoted; comments end it, a backslash before a line's end continues it. */
function readValue(cursor: Cursor): string | null {
  const parts: string[] = [];
  let blanks = '';
  let quoted = false;
  for (let c = cursor.next(); c !== '\n'; c = cursor.next()) {
    if (c === '\0') return null;
    if (!quoted && SPACE.test(c)) {
      if (parts.length > 0) blanks += c;
      continue;
    }
    if (!quoted && (c === '#' || c === ';')) {
      cursor.skipLine();
      return parts.join('');
    }
    if (blanks !== '') parts.push(blanks);
    blanks = '';
    if (c === '"') {
      quoted = !quoted;
      continue;
    }
    if (c !== '\\') {
      parts.push(c);
      continue;
    }
    const escaped = cursor.next();
    if (escaped === '\n') {
      if (cursor.ended) break;
      continue;
    }
    const meant = ESCAPES[escaped];
    if (meant === undefined) return null;
    parts.push(meant);
  }
  return quoted ? null : parts.join('');
}
