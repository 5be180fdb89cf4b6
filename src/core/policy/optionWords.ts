// Reads the words of one command by its program's option list: every option must be on it, and what remains are the
// operands. Attached, clustered and `--name=value` forms; abbreviations are not on the list and ask.
import type { OptionList } from './optionList.ts';

export interface Word {
  text: string;
  /** Written out in the rule, so not judged. */
  spelled: boolean;
}

export interface SplitWords {
  /** Operands that may be files, to be checked. */
  paths: readonly string[];
  /** Reads whole folders. */
  recursive: boolean;
}

interface Walk {
  operands: Word[];
  /** Values of options that name files. */
  files: string[];
  patternGiven: boolean;
  recursive: boolean;
  filtered: boolean;
}

/** The operands, or what is not covered. */
export function operandsOf(words: readonly Word[], list: OptionList): SplitWords | string {
  if (list.operands === 'find') return findOperands(words);
  const walk: Walk = {
    operands: [],
    files: [],
    patternGiven: false,
    recursive: false,
    filtered: false,
  };
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i];
    if (word === undefined) continue;
    if (word.text === '--') {
      if (list.ends !== true && !word.spelled) return 'it does not name what follows --';
      walk.operands.push(...words.slice(i + 1));
      break;
    }
    if (!word.text.startsWith('-') || word.text === '-') {
      // A list of arguments in a file.
      if (word.text.startsWith('@') && list.singleDash === true && !word.spelled) {
        return `it does not name the operand ${word.text}`;
      }
      walk.operands.push(word);
      continue;
    }
    const option = readOption(word.text, list, walk);
    if (option === 'unknown' && !word.spelled) return `it does not name the option ${word.text}`;
    if (option === 'unknown') continue;
    const value = option === 'takesNext' ? words[(i += 1)] : undefined;
    const problem = valueProblem(word, value);
    if (problem !== null) return problem;
    const file = fileValue(word, value, list);
    if (file !== null) walk.files.push(file);
  }
  const split = judgeOperands(walk, list);
  return typeof split === 'string' ? split : { ...split, paths: [...split.paths, ...walk.files] };
}

type OptionKind = 'plain' | 'takesNext' | 'unknown';

function readOption(text: string, list: OptionList, walk: Walk): OptionKind {
  if (list.numeric === true && /^-\d+$/.test(text)) return 'plain';
  if (text.startsWith('--') || list.singleDash === true) return readLong(text, list, walk);
  for (let at = 1; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (list.values?.includes(letter) === true) {
      if (letter === 'e') walk.patternGiven = true;
      if (letter === 'g') walk.filtered = true;
      return at === text.length - 1 ? 'takesNext' : 'plain';
    }
    if (list.flags?.includes(letter) !== true) return 'unknown';
    if (letter === 'r') walk.recursive = true;
  }
  return 'plain';
}

function readLong(text: string, list: OptionList, walk: Walk): OptionKind {
  const bare = text.replace(/^--?/, '');
  const equals = bare.indexOf('=');
  const name = equals < 0 ? bare : bare.slice(0, equals);
  const folded = list.singleDash === true ? name.toLowerCase() : name;
  const known = list.long?.split(' ') ?? [];
  const has = (form: string): boolean =>
    known.includes(name + form) ||
    (list.singleDash === true && known.some((k) => k.toLowerCase() === folded + form));
  // With `--files` every operand is a path.
  if (['regexp', 'pattern', 'files'].includes(name.toLowerCase())) walk.patternGiven = true;
  if (name === 'recursive') walk.recursive = true;
  if (name === 'include') walk.filtered = true;
  if (has('=')) return equals < 0 ? 'takesNext' : 'plain';
  if (has('?')) return 'plain';
  return has('') && equals < 0 ? 'plain' : 'unknown';
}

function fileValue(option: Word, next: Word | undefined, list: OptionList): string | null {
  const name = option.text.replace(/^-+/, '').replace(/=[^]*$/, '');
  if (list.pathValues?.split(' ').includes(name.toLowerCase()) !== true) return null;
  const value = next ?? { ...option, text: option.text.slice(option.text.indexOf('=') + 1) };
  return value.spelled ? null : value.text;
}

/** A glob in the value of an option could select hidden files; only `*.ext` is taken. */
function valueProblem(option: Word, next: Word | undefined): string | null {
  if (option.spelled && (next === undefined || next.spelled)) return null;
  const globbing = /^(?:-[A-Za-z]*g|--(?:i?glob|include|exclude|exclude-dir)(?:=|$))/.exec(
    option.text,
  );
  if (globbing === null) return null;
  const value = next?.text ?? option.text.slice(globbing[0].length);
  const ordinary = /^!?(?:\*\*\/)?\*\.(?!env|pem|key|p12|pfx)[A-Za-z0-9]{1,6}$/.test(value);
  const negative = /^--exclude/.test(option.text) || value.startsWith('!');
  return ordinary || negative ? null : `it does not name the file pattern ${value}`;
}

function judgeOperands(walk: Walk, list: OptionList): SplitWords | string {
  const { operands } = walk;
  const recursive = walk.recursive && !walk.filtered && list.operands === 'pattern';
  const unspelled = (from: number): string[] =>
    operands
      .slice(from)
      .filter((word) => !word.spelled)
      .map((word) => word.text);
  const [first] = unspelled(0);
  switch (list.operands) {
    case 'none':
      return first === undefined
        ? { paths: [], recursive }
        : `it does not name the operand ${first}`;
    case 'text':
      return { paths: [], recursive };
    case 'one':
      return operands.length > 1
        ? 'a second operand would be written to'
        : { paths: withParts(unspelled(0)), recursive };
    case 'pattern':
      return { paths: unspelled(walk.patternGiven ? 0 : 1), recursive };
    case 'sed': {
      const script = operands[0];
      const safe = script === undefined || script.spelled || isSafeSed(script.text);
      return safe
        ? { paths: unspelled(1), recursive }
        : 'the sed program may write or run something';
    }
    case 'path':
    case 'find':
      return { paths: withParts(unspelled(0)), recursive };
  }
}

/** `HEAD:.env` names `.env` too. */
function withParts(texts: readonly string[]): string[] {
  return texts
    .flatMap((text) => (text.includes(':') ? [text, text.slice(text.indexOf(':') + 1)] : [text]))
    .filter((text) => text !== '');
}

const ADDRESS = String.raw`(?:\d+|\$|\/(?:[^\/\\\n]|\\[^\n])*\/)`;
const SAFE_SED = new RegExp(
  `^(?:${ADDRESS}(?:,${ADDRESS})?)?(?:p|d|q|s/(?:[^/\\\\\\n]|\\\\[^\\n])*/(?:[^/\\\\\\n&]|\\\\[^\\n]|&)*/[gpiI0-9]*)$`,
);

function isSafeSed(script: string): boolean {
  return SAFE_SED.test(script);
}

const FIND_FLAGS = new Set(
  '! ( ) , -not -a -and -o -or -print -print0 -prune -empty -depth -mount -xdev -true -false -readable -writable -executable -daystart -nouser -nogroup -quit -P'.split(
    ' ',
  ),
);
const FIND_VALUES = new Set(
  '-name -iname -path -ipath -wholename -regex -iregex -regextype -type -xtype -maxdepth -mindepth -size -mtime -mmin -atime -amin -ctime -cmin -perm -user -group -links -inum -newermt -printf'.split(
    ' ',
  ),
);

function findOperands(words: readonly Word[]): SplitWords | string {
  const paths: string[] = [];
  let expression = false;
  for (let i = 0; i < words.length; i += 1) {
    const { text = '', spelled = false } = words[i] ?? {};
    if (FIND_VALUES.has(text)) {
      expression = true;
      i += 1;
    } else if (FIND_FLAGS.has(text)) {
      expression ||= text !== '-P';
    } else if (text.startsWith('-') || expression) {
      if (!spelled) return `it does not name the option ${text}`;
    } else if (!spelled) {
      paths.push(text);
    }
  }
  return { paths, recursive: false };
}
