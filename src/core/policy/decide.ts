// The one decision function: deny > ask > allow > mode. Pure and total; whatever goes wrong inside means ask.
import { decidePaths } from './decidePath.ts';
import { decideNamed } from './decideNamed.ts';
import { decideShell } from './decideShell.ts';
import { builtIn, byRule, rulesFor } from './ruleMatch.ts';
import type { Decided, PolicyContext, PolicySubject, RuleSet } from './types.ts';
import { suspendUnseen } from './unseen.ts';

/** What policy says of one call. Never throws. */
export function decide(subject: PolicySubject, rules: RuleSet, context: PolicyContext): Decided {
  try {
    const over = context.mode === 'bypass' && rules.noBypass === true;
    const inForce = over ? { mode: 'default' as const } : context;
    const judged = decideBySubject(subject, rules, inForce);
    const decided = suspendUnseen(judged, subject, inForce.mode);
    if (rules.blocksAllow) return decided.verdict === 'allow' ? blocked(decided, rules) : decided;
    if (rules.approvalsOff === true) return switchedOff(decided, subject);
    const note = pendingNote(decided, subject, rules, inForce);
    return note === '' ? decided : { ...decided, reason: `${decided.reason}${note}` };
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
    case 'running': {
      const { deny, ask } = rulesFor(rules, subject);
      const [strict] = [...deny, ...ask];
      return strict === undefined ? builtIn('allow', OWN[subject.op]) : byRule(strict);
    }
    case 'none': {
      const [denied] = rulesFor(rules, subject).deny;
      return denied === undefined
        ? builtIn('ask', 'a question waits for its answer')
        : byRule(denied);
    }
  }
}

const OWN = {
  read: 'it only reads what a command of this thread has printed',
  stop: 'it only ends a command that the agent started itself',
};

const joined = new WeakMap<RuleSet, RuleSet>();

/** Says so when a rule of the workspace would allow the call, had the user acknowledged its list. Changes no verdict. */
function pendingNote(
  { verdict }: Decided,
  subject: PolicySubject,
  rules: RuleSet,
  context: PolicyContext,
): string {
  const { pending } = rules;
  if (verdict === 'allow' || pending === undefined) return '';
  try {
    const all = joined.get(rules) ?? { ...rules, rules: [...rules.rules, ...pending] };
    joined.set(rules, all);
    const would = decideBySubject(subject, all, context);
    if (would.verdict !== 'allow' || would.rule === undefined) return '';
    return `; rule \`${would.rule}\` of the workspace would allow it, but you have not acknowledged its allow list`;
  } catch {
    return '';
  }
}

/**
 * The switch takes the asking away and nothing else: a denial, by rule, by mode or of a forbidden file, is no question. While a
 * deny or ask cannot be read it does not count, because what that would deny is not known.
 */
function switchedOff(decided: Decided, { group }: PolicySubject): Decided {
  if (group === 'none' && decided.verdict === 'ask') return decided;
  const holds = decided.verdict === 'deny' ? ', a denial holds' : '';
  const reason = `approvals are switched off${holds}: ${decided.reason}`;
  if (decided.verdict !== 'ask') return { ...decided, reason };
  const parts = decided.parts.map((part) =>
    part.verdict === 'ask' ? { ...part, verdict: 'allow' as const } : part,
  );
  // No rule allows it: the user's setting does.
  return { verdict: 'allow', layer: 'user', reason, parts };
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
