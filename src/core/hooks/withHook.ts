// What hooks add to policy's verdict: they may tighten any, and take away nothing but the asking of the mode. Pure.
import { decide } from '../policy/decide.ts';
import type { HookJudgement } from './types.ts';
import type { Decided, PolicySubject, RuleSet } from '../policy/types.ts';

export type HookSay = Pick<HookJudgement, 'decision' | 'reason'>;

/** The verdict on a call of which hooks said `hook`. */
export function withHook(
  decided: Decided,
  hook: HookSay,
  call: { subject: PolicySubject; rules: RuleSet },
): Decided {
  const { reason } = hook;
  switch (hook.decision) {
    case 'none':
      return decided;
    case 'deny':
      return decided.verdict === 'deny' ? decided : byHook('deny', reason, decided);
    case 'ask': {
      if (decided.verdict === 'deny') return decided;
      if (decided.verdict === 'allow' || decided.layer === 'mode') {
        return byHook('ask', reason, decided);
      }
      return { ...decided, reason: `${decided.reason}; ${reason}` };
    }
    case 'allow':
      return onlyModeAsks(decided, call)
        ? byHook('allow', reason, allowed(decided, reason))
        : decided;
  }
}

function byHook(verdict: Decided['verdict'], reason: string, { parts }: Decided): Decided {
  return { verdict, layer: 'hook', reason, parts };
}

function allowed(decided: Decided, reason: string): Decided {
  const parts = decided.parts.map((part) =>
    part.verdict === 'ask' ? { ...part, verdict: 'allow' as const, reason } : part,
  );
  return { ...decided, parts };
}

/** What policy says of a part of a command line that no rule names. */
const UNNAMED = 'no rule allows it';

/**
 * True when nothing but the mode asks: for a command line, about every part of it, and about nothing that even mode bypass
 * would ask about.
 */
function onlyModeAsks(
  decided: Decided,
  { subject, rules }: { subject: PolicySubject; rules: RuleSet },
): boolean {
  if (decided.verdict !== 'ask' || decided.layer !== 'mode') return false;
  const { noBypass: _, ...inForce } = rules;
  if (decide(subject, inForce, { mode: 'bypass' }).verdict !== 'allow') return false;
  if (subject.group !== 'shell') return true;
  const { commands } = subject.parse;
  return (
    decided.parts.length === commands.length &&
    decided.parts.every(({ verdict, reason }) => {
      if (verdict === 'allow' || reason === UNNAMED) return true;
      return commands.length === 1 && reason === decided.reason;
    })
  );
}
