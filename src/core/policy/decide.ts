// The one decision function: deny > ask > allow > mode. Pure and total; whatever goes wrong inside means ask.
import { decidePaths } from './decidePath.ts';
import { decideNamed } from './decideNamed.ts';
import { decideShell } from './decideShell.ts';
import { builtIn, byRule, rulesFor } from './ruleMatch.ts';
import type { Decided, PolicyContext, PolicySubject, RuleSet } from './types.ts';

/** What policy says of one call. Never throws. */
export function decide(subject: PolicySubject, rules: RuleSet, context: PolicyContext): Decided {
  try {
    const decided = decideBySubject(subject, rules, context);
    return rules.blocksAllow && decided.verdict === 'allow' ? blocked(decided, rules) : decided;
  } catch {
    return builtIn('ask', 'the policy check failed on this call');
  }
}

function decideBySubject(subject: PolicySubject, rules: RuleSet, context: PolicyContext): Decided {
  switch (subject.group) {
    case 'read':
    case 'edit':
      return decidePaths(subject, rules, context);
    case 'shell':
      return decideShell(subject, rules, context);
    case 'fetch':
    case 'mcp':
    case 'task':
    case 'skill':
      return decideNamed(subject, rules, context);
    case 'none': {
      const [denied] = rulesFor(rules, subject).deny;
      return denied === undefined
        ? builtIn('ask', 'a question waits for its answer')
        : byRule(denied);
    }
  }
}

function blocked(decided: Decided, rules: RuleSet): Decided {
  const problem = rules.problems.find(
    (found) => found.severity === 'error' && !found.key.endsWith('.allow'),
  );
  const where =
    problem === undefined ? 'a deny or ask rule' : `rule \`${problem.text}\` in ${problem.key}`;
  return {
    ...builtIn('ask', `${where} is broken, and until it is corrected nothing is allowed`),
    parts: decided.parts.map((part) =>
      part.verdict === 'allow' ? { ...part, verdict: 'ask' } : part,
    ),
  };
}
