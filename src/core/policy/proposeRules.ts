// What remembering a call would allow: the exact rule texts, each for one simple command or one file. Pure and total; null
// whenever a call cannot be told from others by such a rule, or is of a kind that is never remembered.
import type { SimpleCommand } from '../ports/shell.ts';
import { countHidden } from '../../protocol/displayBytes.ts';
import { decide } from './decide.ts';
import { exactMatcher } from './grantRules.ts';
import { innerScripts, SHELLS } from './innerScripts.ts';
import { partOutcome } from './lineAllow.ts';
import { protectionsOf } from './protectedFiles.ts';
import { changesShell, isInterpreter } from './neverByWildcard.ts';
import type { ShellSubject } from './place.ts';
import { rulesFor } from './ruleMatch.ts';
import type { PolicyContext, PolicySubject, Rule, RuleSet } from './types.ts';
import { runsOperands } from './wrappers.ts';

/** More than a human reads before they say yes. */
const MAX_RULES = 10;

/** Null also when these rules would not make policy allow this very call. */
export function proposeRules(
  subject: PolicySubject,
  rules: RuleSet,
  context: PolicyContext,
): readonly string[] | null {
  try {
    const texts = proposed(subject, rules);
    if (texts === null || texts.length === 0 || texts.length > MAX_RULES) return null;
    const added = texts.map(ruleOfText);
    if (added.some((rule) => rule === null)) return null;
    const grants = added.filter((rule) => rule !== null);
    const would = decide(subject, { ...rules, rules: [...rules.rules, ...grants] }, context);
    return would.verdict === 'allow' && would.layer === 'grant' ? texts : null;
  } catch {
    return null;
  }
}

function ruleOfText(text: string): Rule | null {
  if (countHidden(text) > 0) return null;
  const match = exactMatcher(text);
  const place = { key: 'grant', index: -1 };
  return match && { text, kind: 'allow', layer: 'grant', place, match, said: 'remembered' };
}

function proposed(subject: PolicySubject, rules: RuleSet): readonly string[] | null {
  switch (subject.group) {
    case 'shell':
      return ofLine(subject, rules);
    case 'read':
      return ofPath(subject.tool, subject.path.relReal);
    case 'edit': {
      const [path, ...others] = subject.paths;
      // A file is moved once.
      if (path === undefined || others.length > 0 || subject.op === 'rename') return null;
      return ofPath(subject.tool, path.relReal);
    }
    case 'fetch':
    case 'mcp':
    case 'task':
    case 'skill':
    case 'running':
    case 'none':
      return null;
  }
}

/** By the tool's own name: who lets a file be edited has not said that it may be deleted. */
function ofPath(tool: string, path: string | null): readonly string[] | null {
  if (path === null || path === '' || /[*?()]|^\s|\s$/.test(path)) return null;
  // What a protected file may become is looked at each time; who wants less writes a rule.
  if (protectionsOf(path).length > 0) return null;
  const text = `${tool}(${path})`;
  return exactMatcher(text)?.literal === path ? [text] : null;
}

/** One rule for each simple command that needs one. */
function ofLine(subject: ShellSubject, rules: RuleSet): readonly string[] | null {
  if (subject.cwd.relReal !== '') return null;
  const { allow } = rulesFor(rules, subject);
  const texts = new Set<string>();
  for (const command of subject.parse.commands) {
    if (partOutcome(command, subject, allow).kind !== 'asked') continue;
    const text = ofCommand(command);
    if (text === null) return null;
    texts.add(text);
  }
  return [...texts];
}

function ofCommand(command: SimpleCommand): string | null {
  const words = command.words.map(({ text }) => text);
  const [program = ''] = words;
  if (command.nested || command.assignments.length > 0) return null;
  if (command.words.some(({ literal, glob }) => !literal || glob)) return null;
  if (!words.every(isWritable) || runsOther(program, words)) return null;
  const text = `shell(${words.join(' ')})`;
  const found = exactMatcher(text)?.argv?.words.map((word) => word.text);
  return found?.length === words.length && found.every((word, at) => word === words[at])
    ? text
    : null;
}

/** What a pattern can say literally. */
function isWritable(word: string): boolean {
  return word !== '' && !/[\s*?()$`\\]/.test(word) && countHidden(word) === 0;
}

/** Programs that fetch what they run. */
const FETCHERS = new Set('npx bunx pnpx uvx pipx dlx corepack rustup asdf mise direnv'.split(' '));
/** Sub-commands that run what follows them. */
const RUNS_NEXT =
  /^(?:(?:npm|pnpm|yarn|bun|deno|uv|poetry|pipenv|bundle|rbenv|pyenv|cargo|go|dotnet|composer|mix) (?:exec|x|dlx|create|init|script)|(?:docker|podman|nerdctl|kubectl|oc|lxc|vagrant|ssh) (?:exec|run|ssh)|npm run-script|git bisect)$/;

/** Interpreters, shells, wrappers and whatever takes a command or code in its words: no word of theirs is all they do. */
function runsOther(program: string, words: readonly string[]): boolean {
  const names = namesOf(program);
  const name = names[1] ?? '';
  if (names.some((each) => isInterpreter(each) || runsOperands(each) || changesShell(each))) {
    return true;
  }
  if (names.some((each) => FETCHERS.has(each))) return true;
  if (RUNS_NEXT.test(`${name} ${words[1] ?? ''}`)) return true;
  if (names.some((each) => innerScripts([each, ...words.slice(1)]).length > 0)) return true;
  return execs(words) || handsOn(words);
}

/** A program as it is written, by its base name, and without a version. */
function namesOf(program: string): string[] {
  const base = program.slice(Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1);
  const name = base.toLowerCase().replace(/\.(?:exe|cmd|bat|com|ps1)$/, '');
  return [program, name, name.replace(/[-\d.]+$/, '')];
}

/** An interpreter or shell with something to run, behind whatever program starts it: `uv run python x.py`. */
function handsOn(words: readonly string[]): boolean {
  return words
    .slice(1, -1)
    .some((word) => namesOf(word).some((each) => isInterpreter(each) || SHELLS.has(each)));
}

/** `find -exec` and its like, `git -c`, `--rsh=…`: a command in an option. */
function execs(words: readonly string[]): boolean {
  return words
    .slice(1)
    .some((word) =>
      /^-{1,2}(?:exec|execdir|ok|okdir|exec-batch|eval|command|rsh|pre|config-env)(?:=|$)|^-c$/.test(
        word,
      ),
    );
}
