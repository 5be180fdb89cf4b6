// Answers lines of `policy check`, one each. Changes nothing.
import { parseJson } from '../core/base/json.ts';
import { noAnswer, parseCase, verdictOfCase, type PolicyAnswer } from '../core/policy/check.ts';
import type { RuleSet } from '../core/policy/types.ts';
import type { ShellParser } from '../core/ports/shell.ts';
import { createGitRepositories } from './git/repositories.ts';
import { compileGlob } from './globs.ts';
import { hostRootOf, listInCase, resolveInCase } from './policyWorld.ts';

interface PolicyCheckOptions {
  /** The workspace folder. It also stands in for a case's `root` that does not exist on this machine. */
  workspace: string;
  parser: ShellParser;
  /** Rules for cases that bring none, from the settings. */
  rules: RuleSet;
  /** Milliseconds since the epoch, for rules that end. */
  now?: number | undefined;
}

const repositories = createGitRepositories();

/** Exactly one answer for one line, whatever is in it. */
export async function checkPolicyLine(
  line: string,
  lineNumber: number,
  options: PolicyCheckOptions,
): Promise<PolicyAnswer> {
  const json = parseJson(line);
  const where = `line ${String(lineNumber)}`;
  if (!json.ok) return noAnswer(null, `${where} is not JSON: ${json.message}`);
  const parsed = parseCase(json.value);
  if (!parsed.ok) return noAnswer(parsed.id, `${where} is not a policy case: ${parsed.message}`);
  return verdictOfCase(parsed.case, {
    parser: options.parser,
    globs: compileGlob,
    rules: options.rules,
    now: options.now,
    resolve: (path, policyCase) => resolveInCase(path, policyCase, options.workspace),
    list: (folder, policyCase) => listInCase(folder, policyCase, options.workspace),
    git: async (policyCase) =>
      repositories.factsOf(await hostRootOf(policyCase, options.workspace)),
  });
}
