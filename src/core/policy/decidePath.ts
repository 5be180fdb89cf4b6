// Verdicts on reads and edits of files. Deny and ask see the path as written and as it really is; allow only the latter.
import type { ResolvedPath } from '../ports/workspace.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import { foldPath, oddName } from './pathNames.ts';
import { protectionsOf, type Protection } from './protectedFiles.ts';
import { builtIn, byMode, byRule, rulesFor, type RulesByKind } from './ruleMatch.ts';
import type { Decided, PolicyContext, PolicySubject, Rule, RuleSet } from './types.ts';

type PathSubject = Extract<PolicySubject, { group: 'read' | 'edit' }>;

const STRICTNESS = { deny: 2, ask: 1, allow: 0 } as const;

/** The strictest verdict over all paths of the call; a call without a path asks. */
export function decidePaths(subject: PathSubject, rules: RuleSet, context: PolicyContext): Decided {
  const paths = subject.group === 'read' ? [subject.path] : subject.paths;
  const named = rulesFor(rules, subject);
  const verdicts = paths.map((path) => decidePath(path, { subject, named, context }));
  const [from] = paths;
  if (subject.group === 'edit' && subject.op === 'rename' && from !== undefined) {
    verdicts.push(decideMovedAway(from, rules, context));
  }
  return strictestOf(verdicts) ?? builtIn('ask', 'the call names no file');
}

/** Moving a file shows what is in it under another name: what holds for reading it holds for that. */
function decideMovedAway(path: ResolvedPath, rules: RuleSet, context: PolicyContext): Decided {
  const subject: PathSubject = { group: 'read', tool: 'read_file', path };
  return decidePath(path, { subject, named: rulesFor(rules, subject), context });
}

function strictestOf(verdicts: readonly Decided[]): Decided | null {
  let strictest: Decided | null = null;
  for (const decided of verdicts) {
    if (strictest === null || STRICTNESS[decided.verdict] > STRICTNESS[strictest.verdict]) {
      strictest = decided;
    }
  }
  return strictest;
}

interface Around {
  subject: PathSubject;
  named: RulesByKind;
  context: PolicyContext;
}

function decidePath(path: ResolvedPath, around: Around): Decided {
  const { subject, named, context } = around;
  const removes = subject.group === 'edit' && subject.op !== 'edit';
  const forms = formsOf(path, removes);
  const denied = named.deny.find((rule) => hits(rule, forms));
  if (denied !== undefined) return byRule(denied, about(path));
  const protections = forms.protected;
  if (subject.group === 'edit') {
    const forbidden = protections.find((found) => found.tier === 'forbidden');
    if (forbidden !== undefined) {
      return builtIn('deny', `denied: protected file (${forbidden.what}), no rule can allow it`);
    }
    if (context.mode === 'plan') return byMode('deny', 'mode plan: edits are denied');
  }
  const asked = named.ask.find((rule) => hits(rule, forms));
  if (asked !== undefined) return byRule(asked, about(path));
  const allowed = named.allow.find((rule) => allows(rule, path));
  const literal =
    protections.length > 0 &&
    named.allow.some((rule) => rule.match.literal !== null && allows(rule, path));
  const guarded = guard(path, { group: subject.group, removes, protections, literal });
  if (guarded !== null) {
    return context.mode === 'dontAsk' && allowed === undefined
      ? byMode('deny', `mode dontAsk: no rule allows it (${guarded})`)
      : builtIn('ask', `${guarded}`);
  }
  return allowed === undefined ? unmatched(around, path) : byRule(allowed);
}

/** Folders that package managers and compilers fill, often with hard links to a store of theirs. */
const INSTALLED = /(?:^|\/)(?:node_modules|\.?venv|site-packages|target|vendor)\//;

/** Why the path is never allowed without being asked about, or null. */
function guard(
  path: ResolvedPath,
  options: {
    group: 'read' | 'edit';
    removes: boolean;
    protections: readonly Protection[];
    literal: boolean;
  },
): string | null {
  const { group, protections, literal } = options;
  if (path.relReal === null || path.relLexical === null) return 'outside the workspace';
  const odd = oddName(path.relReal) ?? oddName(path.relLexical);
  if (odd !== null) return `the path ${odd}`;
  if (path.special === true) return 'not a regular file';
  if (group === 'edit') {
    if (path.isDirectory || path.relReal === '') return 'it is a folder';
    if (options.removes && !path.exists && !/[^/]\.[^./]+$/.test(path.relReal)) {
      return 'it may be a folder';
    }
  }
  // The other name may lie anywhere; package managers link whole folders of public code.
  if (path.links > 1 && (group === 'edit' || !INSTALLED.test(path.relReal))) {
    return 'the file has several hard links';
  }
  const [worst] = protections.filter((found) => group === 'edit' || found.tier !== 'runsCode');
  if (worst === undefined || (literal && path.relLexical === path.relReal)) return null;
  return `${worst.tier === 'secret' ? 'may hold secrets' : 'protected file'} (${worst.what})`;
}

function unmatched({ subject, context }: Around, path: ResolvedPath): Decided {
  const { mode } = context;
  if (subject.group === 'read') return byMode('allow', `mode ${mode}: reads inside the workspace`);
  if (mode === 'acceptEdits')
    return byMode('allow', 'mode acceptEdits: edits inside the workspace');
  if (mode === 'bypass') return byMode('allow', 'mode bypass: no rule forbids it');
  const call = `${subject.group}(${displayBytes(path.relReal ?? path.real)})`;
  if (mode === 'dontAsk') return byMode('deny', `mode dontAsk: no rule allows ${call}`);
  return byMode('ask', `mode ${mode}: no rule allows ${call}`);
}

/** What protected file one of the paths is or leads to, in words; undefined when none is. */
export function protectedAs(paths: readonly ResolvedPath[]): string | undefined {
  return paths.flatMap((path) => formsOf(path, false).protected)[0]?.what;
}

interface PathForms {
  /** Every spelling that deny and ask are matched against. */
  texts: readonly string[];
  /** Spellings of a folder whose content the call touches too. */
  folders: readonly string[];
  protected: readonly Protection[];
}

function formsOf(path: ResolvedPath, removes: boolean): PathForms {
  const texts = new Set<string>();
  for (const text of [path.relLexical ?? path.lexical, path.relReal ?? path.real]) {
    texts.add(text);
    const folded = foldPath(text).join('/');
    // Globs of deny and ask ignore case already.
    if (folded !== text.toLowerCase()) texts.add(folded).add(text.replace(/\\/g, '/'));
  }
  const folders = removes ? [...texts] : [];
  // A folder is hit by what is hit inside it: listing or deleting it reaches that.
  for (const text of [...texts]) {
    if (path.isDirectory || text === '') texts.add(text === '' ? 'x' : `${text}/x`);
  }
  const real = protectionsOf(path.relReal ?? path.real);
  const same = path.relLexical === path.relReal && path.lexical === path.real;
  const lexical = same ? [] : protectionsOf(path.relLexical ?? path.lexical);
  const all = [...lexical, ...real].sort(byTier);
  return { texts: [...texts], folders, protected: all };
}

const TIERS = { forbidden: 0, secret: 1, runsCode: 2 } as const;

function byTier(a: Protection, b: Protection): number {
  return TIERS[a.tier] - TIERS[b.tier];
}

function hits(rule: Rule, forms: PathForms): boolean {
  const { glob, reaches } = rule.match;
  if (glob === null || forms.texts.some((text) => glob(text))) return true;
  return reaches !== undefined && forms.folders.some((folder) => reaches(folder));
}

/** A rule without a pattern covers what lies inside the workspace, like `**`. */
function allows(rule: Rule, path: ResolvedPath): boolean {
  if (path.relReal === null || path.relReal === '') return false;
  return rule.match.glob === null || rule.match.glob(path.relReal);
}

function about(path: ResolvedPath): string {
  return path.lexical === path.real
    ? ''
    : ` (${displayBytes(path.input)} is ${displayBytes(path.real)})`;
}
