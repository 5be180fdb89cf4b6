// Whether one simple command is plain enough to be allowed at all, and what protected files its text names.
import type { ShellRedirect, ShellWord, SimpleCommand } from '../ports/shell.ts';
import { countHidden } from '../../protocol/displayBytes.ts';
import { protectionsOf } from './protectedFiles.ts';

const ORDINARY_TEXT = /^[\t\n -~]*$/;

/** Why the command is dynamic or has side doors, or null when it is literal words, free redirections and harmless variables. */
export function notPlain(command: SimpleCommand): string | null {
  const [program] = command.words;
  if (program === undefined || program.text === '') {
    return command.assignments.length > 0 ? 'it sets variables' : 'there is no command word';
  }
  if (command.nested) return 'it stands inside another construct';
  if (!ORDINARY_TEXT.test(command.raw) && countHidden(command.raw, true) > 0)
    return 'it holds characters that cannot be seen';
  const variable = command.assignments.find(({ name, value }) => !isHarmless(name, value));
  if (variable !== undefined) return `it sets the variable ${variable.name}`;
  if (command.words.some((word) => !word.literal))
    return 'it holds text that is known only when it runs';
  if (
    (program.glob && program.text !== '[') ||
    command.words.some((word) => /^-.*\$/.test(word.text)) ||
    program.text.includes('$')
  )
    return 'its first words are known only when it runs';
  const redirect = command.redirects.find((found) => !isFree(found) && !isInput(found));
  return redirect === undefined ? null : `it redirects (${redirect.raw})`;
}

/** Variables that only tune output. Values name no place outside, no start of an option. */
const HARMLESS =
  /^(?:CI|NODE_ENV|FORCE_COLOR|NO_COLOR|LANG|LC_[A-Z]+|TZ|PORT|RUST_BACKTRACE|TERM|DEBUG)$/;
const HARMLESS_VALUE = /^(?!.*\.\.)(?![/:~-])[\w.,:*@+ /=-]*$/;

export function isHarmless(name: string, value: Pick<ShellWord, 'text' | 'literal'>): boolean {
  return value.literal && HARMLESS.test(name) && HARMLESS_VALUE.test(value.text);
}

/**
 * cmd and PowerShell leave globs to the program, and listing names shows no more than the folder does; `--include=*.ts`
 * stays that option, whatever file is called so.
 */
export function isListedGlob(word: ShellWord, command: SimpleCommand): boolean {
  const program = command.words[0]?.text ?? '';
  if (/^(?:grep|egrep|fgrep|rg)$/.test(program) && GLOB_OPTION.test(word.raw)) return true;
  if (
    /^(?:where-object|select-object|sort-object|write-output|write-host|get-command)$/i.test(
      program,
    )
  )
    return true;
  return /^(?:get-childitem|gci|dir|test-path)$/i.test(program) && /^[\w.*?,\\/-]+$/.test(word.raw);
}

/** Duplications of file descriptors and the null device; what cmd and PowerShell redirect has no target when it is free. */
function isFree({ raw, target }: ShellRedirect): boolean {
  if (target === null) return true;
  return /^(?:[0-9]?(?:>>?|<)[ \t]*\/dev\/null|(?:&>>?|>&)[ \t]*\/dev\/null|[0-9]?[<>]&[ \t]*[0-9-])$/.test(
    raw,
  );
}

/** A file that is read, a literal line or a here-document that is not expanded; its program must only read (G5). */
export function isInput({ operator, target }: ShellRedirect): boolean {
  const plain = target !== null && target.literal && !target.glob;
  return (
    plain && (operator === '<' || operator === '<<<' || operator === '<<' || operator === '<<-')
  );
}

const GLOB_OPTION =
  /^--(?:include|exclude|exclude-dir|glob|iglob)=(?:[\w.*?-]|\{[\w.-]+(?:,[\w.-]+)+\})+$/;

const MAX_PIECES = 16;

/** For mode bypass: what protected file a command's words or redirections name, or null. */
export function touchesProtected(command: SimpleCommand): string | null {
  for (const word of command.words.slice(1)) {
    for (const piece of piecesOf(word.text)) {
      const [worst] = protectionsOf(piece).filter((found) => found.tier !== 'runsCode');
      if (worst !== undefined) return `it names a protected file (${worst.what})`;
    }
  }
  for (const redirect of command.redirects) {
    const [worst] = protectionsOf(redirect.target?.text ?? '');
    if (worst !== undefined) return `it redirects to a protected file (${worst.what})`;
  }
  return null;
}

/** A word, and what stands after `=` or `:` in it: `--file=.env`, `HEAD:.env`. */
export function piecesOf(word: string): string[] {
  const pieces = [word];
  for (const found of word.matchAll(/[=:]/g)) {
    pieces.push(word.slice(found.index + 1));
    if (pieces.length > MAX_PIECES) break;
  }
  if (/^-[A-Za-z]./.test(word)) pieces.push(word.slice(2));
  return pieces;
}
