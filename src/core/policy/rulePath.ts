// Path patterns of rules. Where a pattern is written in a way that can never match, a deny or ask is read as it was
// meant and an allow is refused: neither may be quietly without effect.
import type { GlobCompiler } from '../ports/system.ts';
import type { VerdictKind } from '../../protocol/calls.ts';
import { error, failed, type PatternText, type RuleText, type TextProblem } from './textProblem.ts';

interface Options {
  kind: VerdictKind;
  globs: GlobCompiler;
}

export function readPathPattern(name: string, pattern: PatternText, options: Options): RuleText {
  const wrong = impossible(pattern, options.kind);
  if (wrong !== null) return failed(wrong);
  const readings = options.kind === 'allow' ? [plain(pattern.text)] : readingsOf(pattern.text);
  try {
    // Deny and ask hold for every spelling of a name; allow only for the exact one.
    const nocase = options.kind !== 'allow';
    const globs = readings.map((reading) => options.globs(reading, { nocase }));
    const [first = ''] = readings;
    const matcher = {
      name,
      argv: null,
      glob: (path: string) => globs.some((glob) => glob(path)),
      reaches: (folder: string) => readings.some((reading) => reachesInto(reading, folder)),
      literal: /[*?]/.test(first) ? null : first,
    };
    return { matcher, problems: suspicious(pattern) };
  } catch {
    return failed(error('The pattern is not a valid glob; use *, ? and ** only.', spanOf(pattern)));
  }
}

/** What can never match, whatever is on the disk. */
function impossible(pattern: PatternText, kind: VerdictKind): TextProblem | null {
  const { text, from } = pattern;
  const at = (found: RegExpExecArray): { from: number; to: number } => ({
    from: from + found.index,
    to: from + found.index + found[0].length,
  });
  const climb = /(?<=^|[\\/])\.\.(?=[\\/]|$)/.exec(text);
  if (climb) {
    return error('A pattern cannot contain ".."; write it from the workspace root.', at(climb));
  }
  const home = /^(?:~|\$\w+|\$\{\w+\}|%\w+%)(?=[\\/]|$)/.exec(text);
  if (home) {
    const message = 'Nothing is expanded here; write the path from the workspace root.';
    return error(message, at(home));
  }
  if (kind !== 'allow') return null;
  const absolute = /^(?:[\\/]+|[A-Za-z]:[\\/]|file:)/.exec(text);
  if (absolute) {
    const message =
      'A path outside the workspace is never allowed by a rule; write the pattern from the workspace root, without a leading slash.';
    return error(message, at(absolute));
  }
  const backslash = /\\/.exec(text);
  if (backslash) return error('Write / between folders, on Windows too.', at(backslash));
  const trailing = /\/$/.exec(text);
  if (trailing) {
    const message = 'This names the folder itself; for what is in it, end the pattern with /**.';
    return error(message, at(trailing));
  }
  return null;
}

/** A stricter rule means everything its author may have meant. */
function readingsOf(text: string): string[] {
  const slashed = plain(text.replace(/\\/g, '/'));
  const folder = slashed.endsWith('/') && slashed !== '/';
  const readings = new Set<string>([plain(text)]);
  for (const reading of folder ? [slashed.slice(0, -1), `${slashed}**`] : [slashed]) {
    readings.add(reading);
    const below = reading.replace(/^\/+/, '');
    if (below !== '') readings.add(below);
  }
  readings.delete('');
  return [...readings];
}

function plain(text: string): string {
  return text.replace(/^(?:\.\/)+/, '');
}

/** True when what stands before the pattern's last names leads into `folder`, and the pattern begins with a name. */
function reachesInto(pattern: string, folder: string): boolean {
  const names = pattern.toLowerCase().split('/');
  const inside = folder.toLowerCase().split('/');
  for (const [at, name] of inside.entries()) {
    const expected = names[at];
    if (expected === undefined || at === names.length - 1) return false;
    if (expected === '**') return at > 0;
    if (!sameName(expected, name)) return false;
  }
  return true;
}

function sameName(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === name;
  const source = pattern.replace(/[.+$()[\]{}|^\\]/g, '\\$&').replace(/\*+/g, '[^]*');
  return new RegExp(`^${source.replace(/\?/g, '[^]')}$`, 'u').test(name);
}

function suspicious(pattern: PatternText): TextProblem[] {
  const found: TextProblem[] = [];
  const warn = (shape: RegExp, message: string): void => {
    const hit = shape.exec(pattern.text);
    if (hit === null) return;
    const from = pattern.from + hit.index;
    found.push({ message, from, to: from + hit[0].length, severity: 'warning' });
  };
  warn(/\{[^{}/]*,[^{}/]*\}/, 'Braces are taken literally; write one rule for each.');
  warn(/^!/, 'A leading ! is taken literally; use a deny or ask rule instead.');
  warn(/[^/*]\*\*|\*\*[^/*]|\*{3,}/, '** spans folders only as a whole name, as in src/**/*.ts.');
  return found;
}

function spanOf({ text, from }: PatternText): { from: number; to: number } {
  return { from, to: from + text.length };
}
