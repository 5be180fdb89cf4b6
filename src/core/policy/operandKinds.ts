// Operands with a meaning of their own: the programs of sed and jq, the expressions of find and test.
import type { SplitWords, Word } from './optionWords.ts';

const ADDRESS = String.raw`(?:\d+(?:~\d+)?|\$|\/(?:[^\/\\\n]|\\[^\n])*\/)`;
const BETWEEN = String.raw`(?:(?!\1)[^\\\n]|\\[^\n])*`;
const SUBSTITUTE = String.raw`s([/|#,:@!])${BETWEEN}\1${BETWEEN}\1[gpiI0-9]*`;
const TRANSLATE = String.raw`y\/[^\/\\\n]*\/[^\/\\\n]*\/`;
const SAFE_SED = new RegExp(
  `^(?:${ADDRESS}(?:,(?:${ADDRESS}|[+~]\\d+))?)?!?(?:[pdq=gGhHxDNP]|${SUBSTITUTE}|${TRANSLATE})$`,
);

/** One printing, deleting or substituting command: nothing that writes, reads or runs. */
export function isSafeSed(script: string): boolean {
  const commands = script.split(';');
  return commands.length <= MAX_SED_COMMANDS && commands.every(isSafeSedCommand);
}

const MAX_SED_COMMANDS = 5;

function isSafeSedCommand(command: string): boolean {
  const found = SAFE_SED.exec(command.trim());
  if (found === null) return false;
  const delimiter = found[1] ?? '/';
  // Some read a delimiter in brackets as part of the pattern, others as its end.
  return [...command.matchAll(/\[\^?\]?[^\]]*/g)].every(
    ([inside]) => !inside.includes('/') && !inside.includes(delimiter),
  );
}

/** Paths into the input, pipes and the names of pure functions: no environment, no modules, no files. */
export function isSafeJq(filter: string): boolean {
  if (filter.length > MAX_JQ) return false;
  const bare = filter.replace(JQ_TEXT, ' ');
  const names: readonly string[] = bare.replace(JQ_KEYS, ' ').match(/[A-Za-z_$@]\w*/g) ?? [];
  return (
    /^[\w.[\]?|,:(){}$@ <>=!+*/%-]*$/.test(bare) &&
    names.every((name) => JQ_NAMES.has(name) || JQ_VARIABLE.test(name))
  );
}

const MAX_JQ = 500;
/** Plain strings, with paths at most between `\(` and `)`, and steps of a path. */
const JQ_TEXT = /"(?:[^"\\]|\\[ntr"\\/]|\\\(\.[\w.]*\))*"|\.[A-Za-z_]\w*/g;
/** The keys of an object: `{name, version}`, `{id: …}`. */
const JQ_KEYS =
  /(?<=\{\s*(?:[A-Za-z_]\w*\s*,\s*)*)[A-Za-z_]\w*(?=\s*(?:,\s*[A-Za-z_]\w*\s*)*\})|(?<=[{,]\s*)[A-Za-z_]\w*(?=\s*:)/g;
const JQ_VARIABLE = /^\$[a-z]\w*$/;

const JQ_NAMES = new Set(
  'keys keys_unsorted values length map select sort sort_by group_by unique unique_by first last reverse add any all has contains startswith endswith type tostring tonumber join split to_entries from_entries with_entries not null true false and or empty flatten range min max min_by max_by floor test limit recurse del tojson fromjson if then elif else end as reduce foreach paths leaf_paths path getpath ascii_downcase ascii_upcase ltrimstr rtrimstr splits sub gsub match capture scan index rindex indices inside round ceil abs sqrt pow log tojson ascii explode implode transpose in isvalid now todate fromdate strftime arrays objects strings numbers booleans nulls iterables scalars error @tsv @csv @json @text @html @uri @sh @base64 @base64d'.split(
    ' ',
  ),
);

const FIND_FILES = new Set(['-newer', '-anewer', '-cnewer', '-samefile']);
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
    } else if (FIND_FILES.has(text)) {
      expression = true;
      i += 1;
      const file = words[i];
      if (file?.spelled === false) paths.push(file.text);
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
