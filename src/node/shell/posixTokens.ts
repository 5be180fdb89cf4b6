// Splits a line for a POSIX-like shell into words, operators and redirections: the first half of the strict second
// reading. Takes only what bash, dash and zsh read alike; anything else ends the reading with a reason.
import { unquoteBash } from './bashWords.ts';
import type { ShellName, ShellRedirect, ShellWord } from '../../core/ports/shell.ts';

export type Token =
  | { kind: 'word'; word: ShellWord; start: number; end: number }
  | { kind: 'operator'; text: Operator; start: number; end: number }
  | { kind: 'redirect'; redirect: ShellRedirect; start: number; end: number };

type Operator = '\n' | ';' | '&' | '&&' | '||' | '|' | '|&' | '(' | ')';

/** Thrown inside the reading only; its message says what was not taken. */
export class NotPlain extends Error {}

interface Scan {
  text: string;
  shell: ShellName;
  at: number;
  tokens: Token[];
  /** Here-documents whose bodies start after the line. */
  bodies: { delimiter: string; tabs: boolean; redirect: ShellRedirect }[];
}

const BLANK = /(?:[ \t]|\\\n)+/y;
const COMMENT = /#[^\n]*/y;
const OPERATOR = /&&|\|\||\|&|[\n;&|()]/y;
const REDIRECT = /(?:&>>?|([0-9]?)(?:<<<|<<-?|<&|<>|<|>>|>&|>\||>))/y;
const WORD =
  /(?:[^\s'"\\$`|&;<>()#~]|(?<=[^\s=:;&|()<>])~|(?<=[^\s;&|()<>])#|'[^']*'|"(?:[^"\\$`]|\\[^]|\$[?](?![A-Za-z0-9_])|\$(?=["\s|/.,:;%^&<>)']))*"|\$[?](?![A-Za-z0-9_])|\$(?=[ \t\n]|$)|\\[^\n]|\\\n)+/y;
const DELIMITER = /^(?:'([\w.-]+)'|"([\w.-]+)"|\\([\w.-]+))$/;

/** Every token of the text; throws `NotPlain`. Linear. */
export function tokensOf(text: string, shell: ShellName): Token[] {
  const scan: Scan = { text, shell, at: 0, tokens: [], bodies: [] };
  while (scan.at < text.length) {
    if (take(scan, BLANK) !== null) continue;
    const last = scan.tokens.at(-1);
    const separated = last === undefined || last.kind === 'operator' || last.end < scan.at;
    if (text[scan.at] === '#' && separated) {
      if (shell === 'zsh') throw new NotPlain('zsh may not take # for a comment');
      take(scan, COMMENT);
    } else if (!takeRedirect(scan) && !takeOperator(scan)) takeWord(scan);
  }
  if (scan.bodies.length > 0) throw new NotPlain('a here-document has no end');
  return scan.tokens;
}

function take(scan: Scan, pattern: RegExp): string | null {
  pattern.lastIndex = scan.at;
  const found = pattern.exec(scan.text)?.[0] ?? null;
  if (found !== null) scan.at += found.length;
  return found;
}

function takeOperator(scan: Scan): boolean {
  const start = scan.at;
  const text = take(scan, OPERATOR);
  if (text === null) return false;
  if (text === '(' && scan.text[scan.at] === '(') throw new NotPlain('it holds (( … ))');
  if (text === '|&' && scan.shell !== 'bash') throw new NotPlain('not every shell knows |&');
  if (text === '&' && /[!|]/.test(scan.text[scan.at] ?? '')) throw new NotPlain('it holds &!');
  if (isOperator(text)) scan.tokens.push({ kind: 'operator', text, start, end: scan.at });
  if (text === '\n') takeBodies(scan);
  return true;
}

function isOperator(text: string): text is Operator {
  return text.length > 0;
}

function takeRedirect(scan: Scan): boolean {
  const start = scan.at;
  const previous = scan.tokens.at(-1);
  const operator = take(scan, REDIRECT);
  if (operator === null) return false;
  // `12>` and the like: a number there is a file descriptor.
  if (previous?.kind === 'word' && previous.end === start && /^\d+$/.test(previous.word.raw)) {
    throw new NotPlain('a redirection of a high file descriptor');
  }
  if (scan.shell !== 'bash' && /^(?:&>|<<<)/.test(operator)) {
    throw new NotPlain(`not every shell knows ${operator}`);
  }
  take(scan, BLANK);
  const target = readWord(scan);
  if (target === null) throw new NotPlain('a redirection has no target');
  const raw = scan.text.slice(start, scan.at);
  const redirect: ShellRedirect = { operator: operator.replace(/^[0-9]/, ''), raw, target };
  if (operator.endsWith('<<<')) redirect.body = target.text;
  else if (operator.includes('<<')) {
    const [, single, double, escaped] = DELIMITER.exec(target.raw) ?? [];
    const delimiter = single ?? double ?? escaped;
    if (delimiter === undefined) throw new NotPlain('the shell expands its here-document');
    scan.bodies.push({ delimiter, tabs: operator.endsWith('-'), redirect });
  }
  scan.tokens.push({ kind: 'redirect', redirect, start, end: scan.at });
  return true;
}

function takeBodies(scan: Scan): void {
  for (const { delimiter, tabs, redirect } of scan.bodies) {
    const start = scan.at;
    for (;;) {
      if (scan.at >= scan.text.length) throw new NotPlain('a here-document has no end');
      const end = scan.text.indexOf('\n', scan.at);
      const line = scan.text.slice(scan.at, end < 0 ? undefined : end);
      scan.at = end < 0 ? scan.text.length : end + 1;
      if ((tabs ? line.replace(/^\t+/, '') : line) === delimiter) {
        redirect.body = scan.text.slice(start, scan.at);
        break;
      }
    }
  }
  scan.bodies = [];
}

function takeWord(scan: Scan): void {
  const start = scan.at;
  const word = readWord(scan);
  if (word === null) throw new NotPlain(reasonAt(scan));
  if (/^\{./.test(word.raw) && word.raw !== '{}') throw new NotPlain('a word starts with {');
  if (scan.shell === 'zsh' && !isPlainZsh(word)) throw new NotPlain('zsh may read it differently');
  scan.tokens.push({ kind: 'word', word, start, end: scan.at });
}

function readWord(scan: Scan): ShellWord | null {
  const raw = take(scan, WORD);
  if (raw === null) return null;
  // What may follow a word without a blank; a quote that never closes and the like end here.
  if (!/^(?:$|[\s;&|<>()])/.test(scan.text.slice(scan.at, scan.at + 1))) {
    throw new NotPlain(reasonAt(scan));
  }
  return unquoteBash(raw);
}

function reasonAt(scan: Scan): string {
  const next = scan.text[scan.at] ?? '';
  if (next === '$' || next === '`') return 'it holds text that is known only when it runs';
  if (next === '~') return 'it holds a home folder (~)';
  return next === "'" || next === '"' ? 'a quote is open or expands something' : 'not plain text';
}

/** Words that zsh, whatever its options, takes as they stand. */
function isPlainZsh({ raw }: ShellWord): boolean {
  return /^(?:(?=.)(?:[\w./:@%+,-](?:[\w./:@%+,=-]|\\ )*)?(?:'[^']*'|"[^"$`\\!]*")?|\[|\]|=|!=|\$\?)$/s.test(
    raw,
  );
}
