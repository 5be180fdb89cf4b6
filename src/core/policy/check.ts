// `policy check`: one case, one answer. Parses what is asked for and puts it through the same decide() as the agent.
import { z } from 'zod';
import { Mode, type RuleLayer, type UnseenFile, type VerdictKind } from '../../protocol/calls.ts';
import type { ShellParser } from '../ports/shell.ts';
import type { GlobCompiler } from '../ports/system.ts';
import type { ResolvedPath } from '../ports/workspace.ts';
import { decide } from './decide.ts';
import { holdsGit } from './gitGuard.ts';
import { describeProblem, parseRules, type RawLists } from './rules.ts';
import { checkShellSamples } from './ruleSamples.ts';
import type { Decided, PolicySubject, RuleSet } from './types.ts';
import { globNames, type ListFolder } from './globNames.ts';
import { operandsToResolve } from './operands.ts';
import { settingsOf } from '../git/settings.ts';
import type { GitFacts } from '../ports/git.ts';

const Id = z.union([z.string(), z.number()]);
const Rules = z.object({
  allow: z.unknown().optional(),
  ask: z.unknown().optional(),
  deny: z.unknown().optional(),
});
const Common = {
  id: Id,
  rules: Rules.optional(),
  mode: Mode.optional(),
  platform: z.string().optional(),
  setup: z.record(z.string(), z.unknown()).optional(),
};
const ShellCase = z.object({
  ...Common,
  shell: z.enum(['bash', 'sh', 'zsh', 'powershell', 'cmd']),
  cmd: z.string(),
  root: z.string().optional(),
});
const PathCase = z.object({
  ...Common,
  op: z.enum(['read', 'edit', 'delete', 'rename']),
  path: z.string(),
  root: z.string().optional(),
});

export type PolicyCase = z.infer<typeof ShellCase> | z.infer<typeof PathCase>;

export interface PolicyAnswer {
  /** As in the case; null when it could not be read. */
  id: string | number | null;
  verdict: VerdictKind;
  rule: string | null;
  reason: string;
  layer: RuleLayer;
  /** The setting and index that the rule stands at, as `countersign.approval.deny[0]`. */
  place: string | null;
  /** How the command line was read; null for a path. */
  parse: { ok: boolean; compound: boolean; problem: string | null } | null;
  /** One for each simple command. */
  parts: readonly { text: string; verdict: VerdictKind; reason: string }[];
}

interface CaseDeps {
  parser: ShellParser;
  globs: GlobCompiler;
  /** Resolves a path of this case, relative ones against its root. */
  resolve(path: string, policyCase: PolicyCase): Promise<ResolvedPath>;
  /** Everything in a folder of this case, or null. */
  list(folder: string, policyCase: PolicyCase): ReturnType<ListFolder>;
  /** What the repository of the case tells git, where the case does not say. */
  git(policyCase: PolicyCase): Promise<GitFacts>;
  /** Rules for cases that bring none. */
  rules: RuleSet;
  now?: number | undefined;
}

/** Files that a case assumes; `resolve` stands them in. Anything else in `setup` cannot be judged here. */
const KNOWN_SETUP: ReadonlySet<string> = new Set([
  'symlinks',
  'files',
  'fifo',
  'hardlinks',
  'dirs',
  'git_config',
]);
/** What the agent edited before says something of commands alone. */
const KNOWN_OF_COMMANDS: ReadonlySet<string> = new Set(['edited_by_agent', 'modified_since_grant']);

const NO_GIT: GitFacts = { settings: [], problems: [] };

/** The case, or what is wrong with it. */
export function parseCase(
  value: unknown,
): { ok: true; case: PolicyCase } | { ok: false; id: string | number | null; message: string } {
  const schema = isPathCase(value) ? PathCase : ShellCase;
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, case: parsed.data };
  const id = z.object({ id: Id }).safeParse(value);
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'the case' : issue.path.join('.');
  const message = `${where}: ${issue?.message ?? 'not valid'}; a case has id, shell and cmd, or id, op and path`;
  return { ok: false, id: id.success ? id.data.id : null, message };
}

/** The answer to one case. Never throws; what goes wrong means ask. */
export async function verdictOfCase(policyCase: PolicyCase, deps: CaseDeps): Promise<PolicyAnswer> {
  try {
    const rules = await rulesOf(policyCase, deps);
    const subject = await subjectOf(policyCase, deps);
    const decided = decide(subject, rules, { mode: policyCase.mode ?? 'default' });
    return answerOf(policyCase.id, subject, withProblems(withSetup(decided, policyCase), rules));
  } catch {
    return noAnswer(policyCase.id, 'the case could not be judged');
  }
}

/** The answer to what could not be judged: ask. */
export function noAnswer(id: string | number | null, reason: string): PolicyAnswer {
  const nothing = { rule: null, place: null, parse: null, parts: [] };
  return { id, verdict: 'ask', reason, layer: 'built-in', ...nothing };
}

async function rulesOf(policyCase: PolicyCase, deps: CaseDeps): Promise<RuleSet> {
  if (policyCase.rules === undefined) return deps.rules;
  const { allow, ask, deny } = policyCase.rules;
  const user: RawLists = { allow, ask, deny };
  const now = deps.now === undefined ? {} : { now: deps.now };
  const rules = parseRules({ user, workspace: null, ...now }, deps.globs);
  const shell = 'cmd' in policyCase ? policyCase.shell : 'bash';
  return checkShellSamples(rules, deps.parser, shell);
}

async function subjectOf(policyCase: PolicyCase, deps: CaseDeps): Promise<PolicySubject> {
  const resolve = (path: string): Promise<ResolvedPath> => deps.resolve(path, policyCase);
  if ('cmd' in policyCase) {
    const parse = await deps.parser.parse(policyCase.cmd, policyCase.shell);
    const globs = await globNames(parse, policyCase.shell, (folder) =>
      deps.list(folder, policyCase),
    );
    const [cwd, ...operands] = await Promise.all(
      ['.', ...operandsToResolve(parse, globs)].map(resolve),
    );
    if (cwd === undefined) throw new Error('no working directory');
    const { shell, setup } = policyCase;
    const own = settingsOf(setup?.['git_config']);
    const git = own ?? (holdsGit(parse, shell) ? await deps.git(policyCase) : NO_GIT);
    const edited = await Promise.all(editedOf(setup).map(resolve));
    const unseen = edited.map(unseenFile);
    return { group: 'shell', tool: 'run_command', shell, cwd, parse, operands, globs, git, unseen };
  }
  const { op, path } = policyCase;
  if (op === 'read') return { group: 'read', tool: 'read_file', path: await resolve(path) };
  const paths = op === 'rename' ? path.split(' -> ') : [path];
  const tool = { edit: 'edit_file', delete: 'delete_file', rename: 'move_file' }[op];
  return { group: 'edit', tool, op, paths: await Promise.all(paths.map(resolve)) };
}

/** What the agent edited unasked; a file that changed since a rule was granted is as unseen. Throws when it is no list of paths. */
function editedOf(setup: PolicyCase['setup']): string[] {
  const paths = z.array(z.string()).optional();
  return [setup?.['edited_by_agent'], setup?.['modified_since_grant']].flatMap(
    (value) => paths.parse(value) ?? [],
  );
}

function unseenFile({ relReal, real }: ResolvedPath): UnseenFile {
  return { path: relReal ?? real, real, hash: null };
}

/** State that this version does not look at, such as what the agent edited before: an allow would be a guess. */
function withSetup(decided: Decided, policyCase: PolicyCase): Decided {
  const known = (key: string): boolean =>
    KNOWN_SETUP.has(key) || ('cmd' in policyCase && KNOWN_OF_COMMANDS.has(key));
  const unknown = Object.keys(policyCase.setup ?? {}).find((key) => !known(key));
  if (unknown === undefined || decided.verdict !== 'allow') return decided;
  const reason = `the case depends on ${unknown}, which is not judged yet`;
  return { verdict: 'ask', layer: 'built-in', reason, parts: decided.parts };
}

function withProblems(decided: Decided, rules: RuleSet): Decided {
  const problem = rules.problems.find(({ severity }) => severity === 'error');
  if (problem === undefined || decided.verdict === 'deny') return decided;
  return { ...decided, reason: `${decided.reason}; ${describeProblem(problem)}` };
}

function answerOf(id: string | number, subject: PolicySubject, decided: Decided): PolicyAnswer {
  const { verdict, rule = null, reason, layer, place, parts } = decided;
  const parsed = subject.group === 'shell' ? subject.parse : null;
  return {
    id,
    verdict,
    rule,
    reason,
    layer,
    place: place === undefined ? null : `${place.key}[${String(place.index)}]`,
    parse: parsed && { ok: parsed.ok, compound: parsed.compound, problem: parsed.problem },
    parts,
  };
}

function isPathCase(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('op' in value || 'path' in value);
}
