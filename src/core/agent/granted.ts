// Policy with what the user remembered: the verdict on one call with the grants that reach it, each counted, and what may be
// offered to be remembered of it. Grants are read anew for each call, so that one revoked in another window is gone at once.
import { proposeRules } from '../policy/proposeRules.ts';
import { isAbout, mayCover, reaches, ruleOfGrant } from '../policy/grantRules.ts';
import { isTemporary } from '../../protocol/temporary.ts';
import type { GrantScope, RememberOffer } from '../../protocol/consent.ts';
import type { GrantRow } from '../ports/consentStore.ts';
import type { Decided, PolicyContext, PolicySubject, Rule, RuleSet } from '../policy/types.ts';
import type { EngineDeps } from './deps.ts';

export type GrantDeps = Pick<EngineDeps, 'store' | 'clock' | 'logger'>;

/** The call that asks for grants, and where it stands. */
export interface GrantCall {
  threadId: string;
  turnId: string;
  callId: string;
}

export interface Asking {
  subject: PolicySubject;
  rules: RuleSet;
  /** What policy says under some rules; must not throw. */
  judge: (rules: RuleSet) => Decided;
}

interface Candidate {
  grant: GrantRow;
  rule: Rule;
}

/**
 * `decided` unless grants allow the call. Each grant that is needed for that is counted for this call, once; one that cannot be
 * counted is as if it were not there. Never rejects: what cannot be read allows nothing.
 */
export async function withGrants(
  deps: GrantDeps,
  call: GrantCall,
  decided: Decided,
  asking: Asking,
): Promise<Decided> {
  if (decided.verdict === 'allow' || asking.subject.group === 'none') return decided;
  try {
    let candidates = await candidatesFor(deps, call, asking.subject);
    while (candidates.length > 0) {
      const needed = neededOf(candidates, asking);
      if (needed === null) return decided;
      const uncounted = await countAll(deps, call, needed);
      if (uncounted.length === 0) return asking.judge(withRules(asking.rules, needed));
      candidates = candidates.filter((candidate) => !uncounted.includes(candidate));
    }
  } catch (error) {
    deps.logger.error('What was remembered cannot be read', error);
  }
  return decided;
}

async function candidatesFor(
  { store, clock }: GrantDeps,
  { threadId, turnId }: GrantCall,
  subject: PolicySubject,
): Promise<Candidate[]> {
  const reach = { threadId, turnId, now: clock.now() };
  const found = (await store.listGrants()).filter(
    (grant) => reaches(grant, reach) && isAbout(grant.folder, subject),
  );
  // Those that end with their uses last: they are spent only where nothing else allows the call.
  const ordered = [...found].sort((a, b) => Number(a.uses !== null) - Number(b.uses !== null));
  return ordered.flatMap((grant) => {
    const rule = ruleOfGrant(grant);
    return rule && mayCover(rule, subject) ? [{ grant, rule }] : [];
  });
}

/** As few of them as allow the call; null when all of them do not. */
function neededOf(
  candidates: readonly Candidate[],
  { rules, judge }: Asking,
): readonly Candidate[] | null {
  const allow = (some: readonly Candidate[]): boolean =>
    judge(withRules(rules, some)).verdict === 'allow';
  if (!allow(candidates)) return null;
  let needed = [...candidates];
  for (const candidate of [...candidates].reverse()) {
    const fewer = needed.filter((other) => other !== candidate);
    if (allow(fewer)) needed = fewer;
  }
  return needed;
}

function withRules(rules: RuleSet, added: readonly Candidate[]): RuleSet {
  return { ...rules, rules: [...rules.rules, ...added.map(({ rule }) => rule)] };
}

/** Those that could not be counted: gone, ended or used up meanwhile. */
async function countAll(
  { store, clock }: GrantDeps,
  { turnId, callId }: GrantCall,
  needed: readonly Candidate[],
): Promise<Candidate[]> {
  const uncounted: Candidate[] = [];
  for (const candidate of needed) {
    const use = { turnId, callId, at: clock.now() };
    if (!(await store.useGrant(candidate.grant.id, use))) uncounted.push(candidate);
  }
  return uncounted;
}

/** What remembering a call that asks would allow, and how far it may reach; undefined when it cannot be remembered. */
export async function offerFor(
  { store, logger }: Pick<GrantDeps, 'store' | 'logger'>,
  threadId: string,
  { subject, rules }: Omit<Asking, 'judge'>,
  context: PolicyContext,
): Promise<RememberOffer | undefined> {
  const proposed = proposeRules(subject, rules, context);
  if (proposed === null) return undefined;
  try {
    const scopes = scopesFor(await store.rememberable(), threadId);
    return scopes.length === 0 ? undefined : { rules: [...proposed], scopes };
  } catch (error) {
    logger.error('Nothing can be remembered', error);
    return undefined;
  }
}

/** What a temporary thread did leaves nothing behind, so nothing of it reaches further. */
function scopesFor(scopes: readonly GrantScope[], threadId: string): GrantScope[] {
  return scopes.filter((scope) => !isTemporary(threadId) || scope === 'turn' || scope === 'thread');
}
