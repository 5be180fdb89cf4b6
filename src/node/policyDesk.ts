// The policy desk: diagnoses settings files and tests calls, on this machine's files and with the real grammars.
import { createGitRepositories } from './git/repositories.ts';
import { createLocalFiles } from './files/localFiles.ts';
import { compileGlob } from './globs.ts';
import { findLists } from './settingsPositions.ts';
import { createShellParser } from './shell/parser.ts';
import { systemClock, systemTexts } from './system.ts';
import { decide } from '../core/policy/decide.ts';
import { gitFactsFor } from '../core/policy/gitGuard.ts';
import { rulesOfSettings } from '../core/policy/layers.ts';
import { globNames } from '../core/policy/globNames.ts';
import { listFolders, resolveOperands } from '../core/policy/operands.ts';
import { checkShellSamples } from '../core/policy/ruleSamples.ts';
import { effectOf, parseList } from '../core/policy/rules.ts';
import { readTypedCall, reportOf, type TypedCall } from '../core/policy/testCall.ts';
import { RULE_KEYS } from '../core/settings.ts';
import type {
  PolicyDesk,
  PolicyDeskOptions,
  RuleDiagnostic,
  SettingsText,
  TestedCall,
} from '../core/policy/desk.ts';
import type { Decided, PolicySubject } from '../core/policy/types.ts';
import type { ShellName, ShellParser } from '../core/ports/shell.ts';
import type { Files } from '../core/ports/workspace.ts';

interface Deps {
  parser: ShellParser;
  shell: ShellName;
  files: Pick<Files, 'resolve' | 'list'>;
}

export function createPolicyDesk({ wasmDir, roots }: PolicyDeskOptions): PolicyDesk {
  const deps: Deps = {
    parser: createShellParser(wasmDir),
    shell: process.platform === 'win32' ? 'powershell' : 'bash',
    files: createLocalFiles({ roots, rgPath: '', texts: systemTexts }),
  };
  return {
    diagnose: (file) => diagnose(file, deps),
    locate: ({ text, nested }, rule) => {
      for (const list of findLists(text, nested)) {
        if (RULE_KEYS[list.kind] !== rule.key || !Array.isArray(list.value)) continue;
        const entries: readonly unknown[] = list.value;
        const index = entries.findIndex((entry) => ruleTextOf(entry) === rule.text);
        if (index >= 0) return list.rangeOf([index], null);
      }
      return null;
    },
    test: async (call, { settings, mode, acknowledged }) => {
      const read = rulesOfSettings(settings, compileGlob, systemClock.now(), acknowledged);
      const rules = await checkShellSamples(read, deps.parser, deps.shell);
      const subject = await subjectOf(readTypedCall(call), deps);
      const decided = decide(subject, rules, { mode });
      return testedCall(decided, reportOf(subject, decided, { rules, mode }));
    },
  };
}

async function diagnose(
  { text, layer, nested }: SettingsText,
  { parser, shell }: Deps,
): Promise<RuleDiagnostic[]> {
  const found: RuleDiagnostic[] = [];
  for (const { kind, value, rangeOf } of findLists(text, nested)) {
    const options = { globs: compileGlob, now: systemClock.now() };
    const rules = await checkShellSamples(
      parseList(value, { kind, layer }, options),
      parser,
      shell,
    );
    for (const problem of rules.problems) {
      const { severity, at, span, message } = problem;
      found.push({ ...rangeOf(at, span), severity, message: `${message}${effectOf(problem)}` });
    }
  }
  return found;
}

function ruleTextOf(entry: unknown): unknown {
  return entry !== null && typeof entry === 'object' && 'rule' in entry ? entry.rule : entry;
}

async function subjectOf(call: TypedCall, deps: Deps): Promise<PolicySubject> {
  const { files, parser, shell } = deps;
  if (call.kind === 'command') {
    const parse = await parser.parse(call.command, shell);
    const cwd = await files.resolve('.');
    const globs = await globNames(parse, shell, listFolders(cwd, files));
    const operands = await resolveOperands(parse, cwd, files, globs);
    const git = await gitFactsFor(parse, { cwd, shell }, createGitRepositories());
    return { group: 'shell', tool: 'run_command', shell, cwd, parse, operands, globs, git };
  }
  const paths = await Promise.all(call.paths.map((path) => files.resolve(path)));
  const { op } = call;
  if (op === 'read') {
    const [path] = paths;
    if (path === undefined) throw new Error('no path');
    return { group: 'read', tool: 'read_file', path };
  }
  const tool = { edit: 'edit_file', delete: 'delete_file', rename: 'move_file' }[op];
  return { group: 'edit', tool, op, paths };
}

function testedCall(decided: Decided, report: string): TestedCall {
  const { verdict, rule, place, layer } = decided;
  const named = rule !== undefined && place !== undefined;
  if (!named || (layer !== 'user' && layer !== 'workspace')) {
    return { verdict, report, rule: null };
  }
  return { verdict, report, rule: { key: place.key, text: rule, layer } };
}
