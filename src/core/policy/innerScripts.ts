// Command text inside the words of a command: `sh -c '…'`, `eval`, aliases, strings in code. For deny and ask only.

export const SHELLS: ReadonlySet<string> = new Set(
  'sh bash dash zsh ksh mksh ash fish rbash csh tcsh yash busybox pwsh powershell cmd'.split(' '),
);

const SCRIPT_OPTIONS = /^(?:-[a-zA-Z]*[cC]|-S|--split-string|--command|-[Cc]ommand|\/[ckCK])$/;
const TAKES_SCRIPT = new Set(['env', 'su', 'script', 'flock', 'runuser']);
/** Their operands are a script, each by itself or all together. */
const ALL_SCRIPT = new Set([
  'eval',
  'trap',
  'watch',
  'ssh',
  'iex',
  'invoke-expression',
  'parallel',
]);
/** Their operands hold code, whose strings may be scripts. */
const CODE =
  /^(?:[gmn]?awk|perl|python[\d.]*|pypy|ruby|node|nodejs|deno|bun|php|lua|osascript|tclsh)$/;
const ENCODED = /^[-/–]e(?:c|n\w*)?$/i;
const MAX_STRINGS = 50;

/** Every text in an argv that something may run as a command line. */
export function innerScripts(argv: readonly string[]): string[] {
  const [program = '', ...words] = argv;
  const found: string[] = [];
  if (ALL_SCRIPT.has(program)) found.push(words.join(' '), ...words);
  if (CODE.test(program)) found.push(...words.flatMap(stringsIn));
  if (program === 'alias' || program === 'make' || program === 'doskey') {
    found.push(...words.flatMap(assigned));
  }
  if (program === 'git')
    found.push(...words.filter((_, i) => words[i - 1] === '-c').flatMap(assigned));
  if (program === 'powershell' || program === 'pwsh') found.push(...decoded(words));
  if (SHELLS.has(program) || TAKES_SCRIPT.has(program)) found.push(...optionScripts(words));
  return found;
}

function optionScripts(words: readonly string[]): string[] {
  const at = words.findIndex(
    (word) => SCRIPT_OPTIONS.test(word) || (/^-[A-Za-z]+$/.test(word) && word.includes('c')),
  );
  const glued = words
    .map((word) => /^(?:-S|--split-string=|--command=)([^]+)$/.exec(word)?.[1])
    .filter((text) => text !== undefined);
  if (at < 0) return glued;
  const after = words.slice(at + 1).filter((word) => !/^[-+]/.test(word));
  return [...glued, ...after.slice(0, 2), after.join(' ')];
}

/** `ll='rm x'`, `alias.x=!rm x`, `SHELL=rm x`. */
function assigned(word: string): string[] {
  const value = /^[\w.-]+=!?([^]+)$/.exec(word)?.[1];
  return value === undefined ? [] : [value];
}

/** What stands in quotes in a piece of code. */
function stringsIn(code: string): string[] {
  const found = [...code.matchAll(/(["'`])((?:\\[^]|(?!\1)[^\\])+)\1/g)];
  return found.slice(0, MAX_STRINGS).map((match) => match[2] ?? '');
}

/** `-EncodedCommand`, in any of its lengths: UTF-16 in base64. */
function decoded(words: readonly string[]): string[] {
  return words.flatMap((word, i) => {
    const value = words[i + 1] ?? '';
    if (!ENCODED.test(word) || !/^[A-Za-z0-9+/]+=*$/.test(value)) return [];
    return [utf16(bytesOf(value))];
  });
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function bytesOf(base64: string): number[] {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const digit of base64.replace(/=+$/, '')) {
    bits = ((bits << 6) | DIGITS.indexOf(digit)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push((bits >> held) & 0xff);
  }
  return bytes;
}

function utf16(bytes: readonly number[]): string {
  let text = '';
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    text += String.fromCharCode((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  }
  return text;
}
