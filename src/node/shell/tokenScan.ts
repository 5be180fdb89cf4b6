// A rough, linear scan for commands in text that no grammar could read soundly. It finds too much rather than too
// little, so that a deny is not lost; nothing is ever allowed because of it.
import type { ShellName, ShellWord, SimpleCommand } from '../../core/ports/shell.ts';
import { unquoteBash } from './bashWords.ts';

const MAX_COMMANDS = 5_000;
const MAX_WORDS = 1000;
const MAX_PIECE_WORDS = 300_000;
const OVERLAP = 16;
const MAX_WORD = 512;

/** Commands that may be in the text: split at every separator, once with quotes respected and once without. */
export function scanTokens(text: string, shell: ShellName): SimpleCommand[] {
  const found = new Map<string, SimpleCommand>();
  const plain = shell === 'cmd' || shell === 'powershell' ? unescapeWindows(text, shell) : text;
  const pieces = [...new Set(piecesOf(plain))];
  const head = pieces.slice(0, MAX_COMMANDS);
  // What is too much to keep apart becomes one command of a wrapper, where every word may be a start.
  const tail = pieces.slice(MAX_COMMANDS);
  for (const piece of tail.length > 0 ? [...head, `env ${tail.join(' ')}`] : head) {
    for (const raws of chunksOf(wordsOf(piece, shell))) {
      const raw = raws.join(' ');
      if (found.has(raw)) continue;
      const words = raws.map((one) => scanWord(one, shell));
      found.set(raw, { raw, words, assignments: [], redirects: [], nested: true });
    }
  }
  return [...found.values()];
}

/** A very long command in pieces that start with its own command word, so that a wrapper there is seen through. */
function chunksOf(words: readonly string[]): string[][] {
  const [first] = words;
  if (first === undefined) return [];
  const chunks: string[][] = [];
  for (let at = 0; at < words.length; at += MAX_WORDS) {
    const chunk = words.slice(at, at + MAX_WORDS + OVERLAP);
    chunks.push(at === 0 ? chunk : [first, ...chunk]);
  }
  return chunks;
}

function unescapeWindows(text: string, shell: ShellName): string {
  const escape = shell === 'cmd' ? /\^/g : /`(?!\n)/g;
  // The marks of block comments fall away; what is inside counts as commands.
  return text
    .replace(/<#|#>/g, ' ; ')
    .replace(escape, '')
    .replace(/[“”„]/g, '"')
    .replace(/[‘’‚‛]/g, "'");
}

function* piecesOf(text: string): Generator<string> {
  yield* text.split(/[;&|(){}`\n\r]+|(?<=\s)[!#-](?=\s)|(?<=\s)#(?=\S)/);
  const joined = text.replace(/\\\n/g, '');
  if (joined !== text) yield* joined.split(/[;&|(){}`\n\r]+/);
  // Inside quotes there may be a command line for another shell.
  if (/['"]/.test(joined)) yield* joined.split(/[;&|(){}`\n\r'"]+/);
}

function wordsOf(piece: string, shell: ShellName): string[] {
  const blank = shell === 'cmd' ? /[\s,;=]+/ : /\s+/;
  const raws = piece.trim().split(blank, MAX_PIECE_WORDS);
  const words = raws.filter((raw) => raw !== '' && !/^[0-9]*[<>]/.test(raw));
  let from = 0;
  while (/^[A-Za-z_]\w*\+?=/.test(words[from] ?? '')) from += 1;
  const command = words.slice(from);
  // `rd/s/q`: a switch glued to the name.
  const name = shell === 'cmd' ? (command[0] ?? '').split('/')[0] : '';
  return name === undefined || name === '' ? command : [name, ...command.slice(1)];
}

function scanWord(raw: string, shell: ShellName): ShellWord {
  const cut = raw.slice(0, MAX_WORD);
  const text =
    shell === 'cmd' || shell === 'powershell' ? cut.replace(/["']/g, '') : unquoteBash(cut).text;
  return { raw: cut, text, literal: false, glob: false };
}
