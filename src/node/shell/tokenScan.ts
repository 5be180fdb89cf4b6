// A rough, linear scan for commands in text that no grammar could read soundly. It finds too much rather than too
// little, so that a deny is not lost; nothing is ever allowed because of it.
import type { ShellName, ShellWord, SimpleCommand } from '../../core/ports/shell.ts';
import { unquoteBash } from './bashWords.ts';

const MAX_COMMANDS = 20_000;
const MAX_WORDS = 64;
const MAX_WORD = 512;

/** Commands that may be in the text: split at every separator, once with quotes respected and once without. */
export function scanTokens(text: string, shell: ShellName): SimpleCommand[] {
  const found = new Map<string, SimpleCommand>();
  const plain = shell === 'cmd' || shell === 'powershell' ? unescapeWindows(text, shell) : text;
  for (const piece of piecesOf(plain)) {
    if (found.size >= MAX_COMMANDS) break;
    const words = wordsOf(piece, shell);
    if (words.length === 0) continue;
    const raw = words.map((word) => word.raw).join(' ');
    found.set(raw, { raw, words, assignments: [], redirects: [], nested: true });
  }
  return [...found.values()];
}

function unescapeWindows(text: string, shell: ShellName): string {
  const escape = shell === 'cmd' ? /\^/g : /`(?!\n)/g;
  return text
    .replace(escape, '')
    .replace(/[“”„]/g, '"')
    .replace(/[‘’‚‛]/g, "'")
    .replace(/<#[^]*?#>/g, ' ');
}

function* piecesOf(text: string): Generator<string> {
  yield* text.split(/[;&|(){}`\n\r]+|(?<=\s)[!#-](?=\s)|(?<=\s)#(?=\S)/);
  const joined = text.replace(/\\\n/g, '');
  if (joined !== text) yield* joined.split(/[;&|(){}`\n\r]+/);
  // Inside quotes there may be a command line for another shell.
  if (/['"]/.test(joined)) yield* joined.split(/[;&|(){}`\n\r'"]+/);
}

function wordsOf(piece: string, shell: ShellName): ShellWord[] {
  const blank = shell === 'cmd' ? /[\s,;=]+/ : /\s+/;
  const raws = piece
    .slice(0, MAX_WORDS * MAX_WORD)
    .trim()
    .split(blank, MAX_WORDS);
  const words = raws
    .filter((raw) => raw !== '' && !/^[0-9]*[<>]/.test(raw))
    .map((raw) => scanWord(raw, shell));
  let from = 0;
  while (/^[A-Za-z_]\w*\+?=/.test(words[from]?.raw ?? '')) from += 1;
  const command = words.slice(from);
  const [first] = command;
  // `rd/s/q`: a switch glued to the name.
  if (shell === 'cmd' && first !== undefined && first.text.includes('/')) {
    const name = first.text.split('/')[0] ?? '';
    if (name !== '') return [{ ...first, text: name }, ...command.slice(1)];
  }
  return command;
}

function scanWord(raw: string, shell: ShellName): ShellWord {
  const cut = raw.slice(0, MAX_WORD);
  const text =
    shell === 'cmd' || shell === 'powershell' ? cut.replace(/["']/g, '') : unquoteBash(cut).text;
  return { raw: cut, text, literal: false, glob: false };
}
