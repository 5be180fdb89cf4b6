// Many hooks' answers to one call, folded in the order of the hooks: deny > ask > allow. Pure.
import type { HookAnswer, HookJudgement } from './types.ts';

/** An answer and the hook that gave it, named for people. */
export interface NamedAnswer {
  by: string;
  answer: HookAnswer;
}

const STRICTNESS = { deny: 3, ask: 2, allow: 1, none: 0 } as const;
const SAYS = { deny: 'denies it', ask: 'asks', allow: 'allows it', none: '' } as const;

/** The strictest decision; its reason is that of the first hook that gave it. */
export function fold(answers: readonly NamedAnswer[]): Pick<HookJudgement, 'decision' | 'reason'> {
  let folded: Pick<HookJudgement, 'decision' | 'reason'> = { decision: 'none', reason: '' };
  for (const { by, answer } of answers) {
    if (STRICTNESS[answer.decision] <= STRICTNESS[folded.decision]) continue;
    const { decision, reason } = answer;
    folded = { decision, reason: `hook ${by} ${SAYS[decision]}: ${reason}` };
  }
  return folded;
}

/** The same answers, of which none allows: they are about other arguments than those that will count. */
export function withoutAllow(answers: readonly NamedAnswer[]): NamedAnswer[] {
  return answers.map(({ by, answer }) =>
    answer.decision === 'allow' ? { by, answer: { decision: 'none', reason: '' } } : { by, answer },
  );
}
