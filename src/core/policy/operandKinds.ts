// Operands with a meaning of their own: the programs of sed and jq, the expressions of find and test.
import type { SplitWords, Word } from './optionWords.ts';

const ADDRESS = String.raw`(?:\d+|\$|\/(?:[^\/\\\n]|\\[^\n])*\/)`;
const SAFE_SED = new RegExp(
  `^(?:${ADDRESS}(?:,(?:${ADDRESS}|[+~]\\d+))?)?!?(?:p|d|q|=|s/(?:[^/\\\\\\n]|\\\\[^\\n])*/(?:[^/\\\\\\n&]|\\\\[^\\n]|&)*/[gpiI0-9]*)$`,
);

/** One printing, deleting or substituting command: nothing that writes, reads or runs. */
export function isSafeSed(script: string): boolean {
  const commands = script.split(';');
  // Some read a slash in brackets as part of the pattern, others as its end.
  if (commands.length > MAX_SED_COMMANDS || /\[[^\]]*\//.test(script)) return false;
  return commands.every(isSafeSedCommand);
}

const MAX_SED_COMMANDS = 5;

function isSafeSedCommand(command: string): boolean {
  return SAFE_SED.test(command.trim());
}

/** Paths into the input, pipes and the names of pure functions: no environment, no modules, no files. */
export function isSafeJq(filter: string): boolean {
  const names: readonly string[] =
    filter.replace(/"[^"\\]*"|\.[A-Za-z_]\w*/g, ' ').match(/[A-Za-z_$@]\w*/g) ?? [];
  return /^[\w.[\]"?|,:(){} <>=!+*/-]*$/.test(filter) && names.every((name) => JQ_NAMES.has(name));
}

const JQ_NAMES = new Set(
  'keys keys_unsorted values length map select sort sort_by group_by unique unique_by first last reverse add any all has contains startswith endswith type tostring tonumber join split to_entries from_entries with_entries not null true false and or empty flatten range min max min_by max_by floor test limit recurse del tojson fromjson'.split(
    ' ',
  ),
);

const FIND_FLAGS = new Set(
  '! ( ) , -not -a -and -o -or -print -print0 -prune -empty -depth -mount -xdev -true -false -readable -writable -executable -daystart -nouser -nogroup -quit -P -ls'.split(
    ' ',
  ),
);
const FIND_VALUES = new Set(
  '-name -iname -path -ipath -wholename -regex -iregex -regextype -type -xtype -maxdepth -mindepth -size -mtime -mmin -atime -amin -ctime -cmin -perm -user -group -links -inum -newermt -printf'.split(
    ' ',
  ),
);

/** The folders find starts from, or what is not covered. */
export function findOperands(words: readonly Word[]): SplitWords | string {
  const paths: string[] = [];
  const texts: Word[] = [];
  let expression = false;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i];
    if (word === undefined) continue;
    const { text, spelled } = word;
    if (FIND_VALUES.has(text)) {
      expression = true;
      i += 1;
      const value = words[i];
      if (value !== undefined) texts.push(value);
    } else if (FIND_FLAGS.has(text)) {
      expression ||= text !== '-P';
    } else if (text.startsWith('-') || expression) {
      if (!spelled) return `it does not name the option ${text}`;
    } else if (!spelled) {
      paths.push(text);
    }
  }
  return { paths, texts, recursive: false };
}

const UNARY = /^-[defhLrswxzn]$/;
const COMPARE = /^(?:=|==|!=)$/;
const NUMERIC = /^-(?:eq|ne|lt|le|gt|ge)$/;

/** One test of a file, of text or of numbers; files must be checked like any other operand. */
export function testOperands(all: readonly Word[], bracket: boolean): SplitWords | string {
  const texts = all.map((word) => word.text);
  if (bracket && texts.pop() !== ']') return 'the test is not closed';
  if (texts[0] === '!') texts.shift();
  const refused = 'it does not name this kind of test';
  const [a = '', b = '', c = ''] = texts;
  if (texts.some((text) => /[[`]|\$\(/.test(text))) return refused;
  if (texts.length === 1) return isPlain(a) ? split([]) : refused;
  if (texts.length === 2 && UNARY.test(a) && isPlain(b)) return split(/[zn]/.test(a) ? [] : [b]);
  if (texts.length !== 3) return refused;
  if (COMPARE.test(b)) return isPlain(a) && isPlain(c) ? split([]) : refused;
  const number = (text: string): boolean => /^(?:\d+|\$\?)$/.test(text);
  return NUMERIC.test(b) && number(a) && number(c) ? split([]) : refused;
}

function isPlain(text: string): boolean {
  return !text.startsWith('-');
}

function split(paths: readonly string[]): SplitWords {
  return { paths, texts: [], recursive: false };
}
