// Reads the words of one command by its program's option list: every option must be on it, and what remains are the
// operands. Attached, clustered and `--name=value` forms; abbreviations are not on the list and ask.
import { findOperands, isSafeJq, isSafeSed, testOperands } from './operandKinds.ts';
import type { OptionList } from './optionList.ts';

export interface Word {
  text: string;
  /** Written out in the rule, so not judged. */
  spelled: boolean;
}

export interface SplitWords {
  /** Operands that may be files, to be checked. */
  paths: readonly string[];
  /** Words that are no files for certain: patterns, messages. */
  texts: readonly Word[];
  /** Reads whole folders. */
  recursive: boolean;
}

interface Walk {
  operands: Word[];
  /** Values of options that name files. */
  files: string[];
  texts: Word[];
  patternGiven: boolean;
  recursive: boolean;
  filtered: boolean;
}

/** An option of the list: with a value in the same word, in the next, or without. */
type Option =
  | { kind: 'unknown' }
  | { kind: 'flag' }
  | { kind: 'attached'; name: string; value: string }
  | { kind: 'next'; name: string };

/** The operands, or what is not covered. `loads`: an operand `@file` would be read for more arguments. */
export function operandsOf(
  words: readonly Word[],
  list: OptionList,
  loads: boolean,
): SplitWords | string {
  if (list.free === true) return { paths: [], texts: words, recursive: false };
  if (list.operands === 'find') return findOperands(words);
  const walk: Walk = {
    ...{ operands: [], files: [], texts: [] },
    ...{ patternGiven: false, recursive: false, filtered: false },
  };
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i];
    if (word === undefined) continue;
    if (word.text === '--') {
      const rest = words.slice(i + 1);
      const odd = rest.find((one) => !isBehind(one, list));
      if (odd !== undefined || (list.ends !== true && list.behind === undefined && !word.spelled))
        return `it does not name what follows --${odd === undefined ? '' : ` (${odd.text})`}`;
      if (list.behind === undefined) walk.operands.push(...rest);
      else if (list.ends === true) walk.operands.push(...rest.filter((one) => !isOption(one)));
      break;
    }
    const problem = takeWord(word, words[i + 1], { list, walk, loads });
    if (typeof problem === 'string') return problem;
    if (problem.tookNext) i += 1;
  }
  const split = judgeOperands(walk, list);
  return typeof split === 'string' ? split : { ...split, paths: [...split.paths, ...walk.files] };
}

function isBehind(word: Word, { behind, ends }: OptionList): boolean {
  if (word.spelled || behind === undefined || wholly(behind, word.text)) return true;
  return ends === true && !isOption(word);
}

function isOption({ text }: Word): boolean {
  return text.startsWith('-');
}

interface Around {
  list: OptionList;
  walk: Walk;
  loads: boolean;
}

function takeWord(
  word: Word,
  next: Word | undefined,
  { list, walk, loads }: Around,
): string | { tookNext: boolean } {
  const unnamed = `it does not name the option ${word.text}`;
  if (list.slash !== undefined && word.text.startsWith('/')) {
    if (/^\/c:/i.test(word.text)) walk.patternGiven = true;
    walk.texts.push(word);
    const known = wholly(list.slash, word.text);
    return known || word.spelled ? { tookNext: false } : unnamed;
  }
  if (!word.text.startsWith('-') || word.text === '-') {
    if (loads && word.text.startsWith('@') && list.operands === 'path' && !word.spelled) {
      return `it does not name the operand ${word.text}`;
    }
    walk.operands.push(word);
    return { tookNext: false };
  }
  const option = readOption(word.text, list, walk);
  if (option.kind === 'unknown') return word.spelled ? { tookNext: false } : unnamed;
  if (option.kind === 'flag') return { tookNext: false };
  const isNext = option.kind === 'next';
  const value = isNext ? next : { ...word, text: option.value };
  // Perhaps the program takes no value here; then this would be one more option.
  if (isNext && value?.spelled === false && /^-(?!\d*$)/.test(value.text)) {
    return `it does not name the option ${value.text}`;
  }
  const problem =
    value === undefined ? null : valueProblem(option.name, value, { list, walk, loads });
  return problem ?? { tookNext: isNext };
}

/** Why a value of a listed option is not covered, or null. */
function valueProblem(name: string, value: Word, { list, walk }: Around): string | null {
  if (TEXT_VALUES.has(name)) walk.texts.push(value);
  if (value.spelled) return null;
  const { text } = value;
  if (list.operands === 'sed' && (name === 'e' || name === 'expression') && !isSafeSed(text))
    return UNSAFE_SED;
  const only = own(list.only, name);
  if (only !== undefined) {
    return wholly(only, text) ? null : `it does not name the value ${text} of ${name}`;
  }
  if (FILE_PATTERNS.has(name) && (name !== 'g' || list.operands === 'pattern')) {
    if (!isOrdinaryPattern(name, text)) return `it does not name the file pattern ${text}`;
    if (leavesOut(name, text)) walk.texts.push(value);
    else walk.filtered = true;
  }
  if (
    list.pathValues?.split(' ').includes(list.anyCase === true ? name.toLowerCase() : name) === true
  )
    walk.files.push(text);
  return null;
}

/** Options whose value is a pattern, a message or a format, whatever the program. */
const TEXT_VALUES: ReadonlySet<string> = new Set(
  'm message e regexp pattern format pretty printf grep author since until k replace jq template'.split(
    ' ',
  ),
);
/** A glob here could select hidden files; only `*.ext` is taken, or what excludes. */
const FILE_PATTERNS: ReadonlySet<string> = new Set(
  'g glob iglob include exclude exclude-dir'.split(' '),
);

const ORDINARY =
  /^(?:(?:[\w-][\w.-]*|\*\*)\/)*(?:\*|(?=[\w-]*\*)[\w*-]+|\*\.(?:test|spec|d))\.(?:(?!env|pem|key|p12|pfx)[A-Za-z0-9]{1,6}|\{(?!(?:\w*,)*(?:env|pem|key|p12|pfx)\b)[a-z0-9]+(?:,[a-z0-9]+)*\})$/;

/** What is given so takes the place of the first operand. With `--files` every operand is a path. */
const GIVES_PATTERN: ReadonlySet<string> = new Set(['regexp', 'pattern', 'files', 'expression']);
/** They reach what a search leaves out of its own: folders below, hidden and ignored files. */
const DESCENDS: ReadonlySet<string> = new Set(
  'recursive hidden unrestricted no-ignore no-ignore-vcs'.split(' '),
);

function leavesOut(name: string, value: string): boolean {
  return name.startsWith('exclude') || value.startsWith('!');
}

function isOrdinaryPattern(name: string, value: string): boolean {
  if (leavesOut(name, value)) return true;
  return value.split(/,(?![^{]*\})/).every((one) => ORDINARY.test(one));
}

function readOption(text: string, list: OptionList, walk: Walk): Option {
  if (list.numeric === true && /^-\d+$/.test(text)) return { kind: 'flag' };
  if (text.startsWith('--') || list.singleDash === true) return readLong(text, list, walk);
  for (let at = 1; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (list.values?.includes(letter) === true) {
      if (letter === 'e') walk.patternGiven = true;
      return at === text.length - 1
        ? { kind: 'next', name: letter }
        : { kind: 'attached', name: letter, value: text.slice(at + 1).replace(/^=/, '') };
    }
    if (list.glued?.includes(letter) === true) {
      return at === text.length - 1
        ? { kind: 'flag' }
        : { kind: 'attached', name: letter, value: text.slice(at + 1) };
    }
    if (list.flags?.includes(letter) !== true) return { kind: 'unknown' };
    if (letter === 'r' || letter === 'u' || letter === '.') walk.recursive = true;
  }
  return { kind: 'flag' };
}

function readLong(text: string, list: OptionList, walk: Walk): Option {
  const bare = text.replace(/^--?/, '');
  const equals = bare.indexOf('=');
  const written = equals < 0 ? bare : bare.slice(0, equals);
  const fold = (one: string): string => (list.anyCase === true ? one.toLowerCase() : one);
  const known = new Set(list.long?.split(' ').map(fold));
  const name = fold(written);
  const value = equals < 0 ? null : bare.slice(equals + 1);
  if (GIVES_PATTERN.has(name)) walk.patternGiven = true;
  if (DESCENDS.has(name)) walk.recursive = true;
  if (value !== null && (known.has(`${name}=`) || known.has(`${name}?`)))
    return { kind: 'attached', name, value };
  if (known.has(`${name}=`)) return { kind: 'next', name };
  const plain = value === null && (known.has(name) || known.has(`${name}?`));
  return plain ? { kind: 'flag' } : { kind: 'unknown' };
}

const UNSAFE_SED = 'the sed program may write or run something';

function judgeOperands(walk: Walk, list: OptionList): SplitWords | string {
  const { operands, texts } = walk;
  const recursive = walk.recursive && !walk.filtered && list.descends === true;
  const unspelled = (from: number): string[] =>
    operands
      .slice(from)
      .filter((word) => !word.spelled)
      .map((word) => word.text);
  const [first] = unspelled(0);
  const odd = unspelled(0).find((text) => list.like !== undefined && !wholly(list.like, text));
  if (odd !== undefined) return `it does not name the operand ${odd}`;
  const script = operands[0];
  const scripted = script === undefined ? texts : [...texts, script];
  switch (list.operands) {
    case 'none':
      return first === undefined
        ? { paths: [], texts, recursive }
        : `it does not name the operand ${first}`;
    case 'text':
      return { paths: [], texts: [...texts, ...operands], recursive };
    case 'one':
      return operands.length > 1
        ? 'a second operand would be written to'
        : { paths: withParts(unspelled(0)), texts, recursive };
    case 'pattern':
      return walk.patternGiven
        ? { paths: unspelled(0), texts, recursive }
        : { paths: unspelled(1), texts: scripted, recursive };
    case 'sed':
      if (walk.patternGiven) return { paths: unspelled(0), texts, recursive };
      return script === undefined || script.spelled || isSafeSed(script.text)
        ? { paths: unspelled(1), texts: scripted, recursive }
        : UNSAFE_SED;
    case 'jq':
      return script === undefined || script.spelled || isSafeJq(script.text)
        ? { paths: unspelled(1), texts: scripted, recursive }
        : 'the jq program may read something else';
    case 'test':
    case 'find':
    case 'path':
      return { paths: withParts(unspelled(0)), texts, recursive };
  }
}

/** The expression of `test` or `[`. */
export function testWords(words: readonly Word[], program: string): SplitWords | string {
  return testOperands(words, program === '[');
}

/** `HEAD:.env` names `.env` too. */
function withParts(texts: readonly string[]): string[] {
  return texts
    .flatMap((text) => (text.includes(':') ? [text, text.slice(text.indexOf(':') + 1)] : [text]))
    .filter((text) => text !== '');
}

const patterns = new Map<string, RegExp>();

/** Whether the pattern, which comes from a list, matches the whole text. */
function wholly(pattern: string, text: string): boolean {
  const known = patterns.get(pattern) ?? new RegExp(`^(?:${pattern})$`, 'i');
  patterns.set(pattern, known);
  return known.test(text);
}

function own(
  record: Readonly<Record<string, string>> | undefined,
  key: string,
): string | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
