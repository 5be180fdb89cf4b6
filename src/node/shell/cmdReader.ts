// The strict reading of a cmd line, for which there is no grammar: bare words and plain quotes, joined by `&`, `&&`,
// `||` and `|`, output to NUL. No variables, brackets, escapes (but in a lone echo) or quotes inside words.
import type { ShellWord, SimpleCommand } from '../../core/ports/shell.ts';
import { withFolders, type CdWords, type Link } from './chain.ts';
import type { Reading } from './posixReader.ts';

const BLANK = /[ \t]+/y;
const CD: CdWords = { program: /^(?:cd|chdir)$/i, odd: /^[-/]|^$|[:,;=~]/, drive: true };
const SEPARATOR = /&&|\|\||[&|]/y;
const FREE_REDIRECT = /(?:[12]?>>?[ \t]*nul|<[ \t]*nul|[012]>&[012])(?=[\s&|]|$)/iy;
const WORD = /(?:[\w.\\/:+=,*?@#~-]+(?:"[^"%^!\n]*")?|"[^"%!\n]*")(?=[ \t&|]|$|(?<=[A-Za-z])>)/y;
/** Only for echo: a caret makes the next character ordinary. */
const ECHOED = /(?:[\w.\\/:+=,*?@#~';[\]{}-]|\^[&|<>^()])+(?=[ \t&|]|$)/y;
/** No slash: `del/s` is del with a switch. */
const PROGRAM = /^(?:\.{0,2}\\)?[A-Za-z][\w\\-]*(?:\.(?:exe|cmd|bat|com))?$/;
/** They start blocks, comments or other lines. */
const KEYWORDS = new Set(
  'if for rem call start set goto exit setlocal endlocal else do in not'.split(' '),
);

export function readCmd(text: string): Reading {
  if (/[\n]/.test(text.trim())) return { ok: false, why: 'it has more than one line' };
  const line = text.trim();
  const items: Link[] = [];
  let command = newCommand();
  let escaped = false;
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(line)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  while (at < line.length) {
    if (take(BLANK) !== null) continue;
    const separator = take(SEPARATOR);
    if (separator !== null) {
      if (command.words.length === 0) return { ok: false, why: 'a separator stands alone' };
      items.push({ command, then: separator });
      command = newCommand();
      continue;
    }
    const redirect = take(FREE_REDIRECT);
    const echo = command.words[0]?.text.toLowerCase() === 'echo';
    const raw = redirect === null ? (take(WORD) ?? (echo ? take(ECHOED) : null)) : null;
    if (raw?.startsWith('"') === false && raw.includes('^')) escaped = true;
    if (raw !== null) command.words.push(wordOf(raw));
    else if (redirect === null) return { ok: false, why: reasonAt(line[at] ?? '') };
    else command.redirects.push({ operator: '>', raw: redirect, target: null });
    command.raw += `${command.raw === '' ? '' : ' '}${raw ?? redirect ?? ''}`;
  }
  if (command.words.length === 0) return { ok: false, why: 'there is no command at its end' };
  items.push({ command, then: '' });
  // Each side of a pipe is read once more, by another cmd.
  if (escaped && items.some(({ then }) => then === '|')) {
    return { ok: false, why: 'an escape would be read twice' };
  }
  const why = items.map((item) => commandProblem(item.command)).find((found) => found !== null);
  return why === undefined || why === null
    ? { ok: true, commands: withFolders(items, CD) }
    : { ok: false, why };
}

function newCommand(): SimpleCommand {
  return { raw: '', words: [], assignments: [], redirects: [], nested: false };
}

function wordOf(raw: string): ShellWord {
  const bare = raw.replace(/"/g, '');
  const text = raw.startsWith('"') ? bare : bare.replace(/\^(.)/g, '$1');
  return { raw, text, literal: true, glob: /^[^"]*[*?]/.test(raw) };
}

function commandProblem({ words }: SimpleCommand): string | null {
  const [program] = words;
  if (program === undefined || !PROGRAM.test(program.raw)) return 'it starts with no plain command';
  if (KEYWORDS.has(program.text.toLowerCase())) return `it holds ${program.text}`;
  return words.some(({ raw }) => /\\"$/.test(raw)) ? 'a quoted word ends in a backslash' : null;
}

function reasonAt(character: string): string {
  if (character === '%' || character === '!') return 'it may hold a variable';
  if (character === '>' || character === '<') return 'it redirects';
  return `it holds ${character}`;
}
