// An approval that is to be remembered, as a card offers it: pure. The host says what may be remembered, and asks once more.
import type { Decision } from '../src/protocol/calls.ts';
import {
  reachText,
  type GrantScope,
  type Remember,
  type RememberOffer,
} from '../src/protocol/consent.ts';
import type { RequestView } from '../src/protocol/messages.ts';
import type { CardDraft } from './drafts.ts';
import { t } from '../src/protocol/l10n.ts';
import { allows, approval } from './review.ts';

/** When a remembered approval ends, as the form offers it; the first one is what is picked unless the user says otherwise. */
const ENDS: readonly {
  id: string;
  label: () => string;
  end: Pick<Remember, 'minutes' | 'uses'>;
}[] = [
  { id: 'none', label: () => t('no end'), end: {} },
  { id: '30-minutes', label: () => t('30 minutes'), end: { minutes: 30 } },
  { id: '8-hours', label: () => t('8 hours'), end: { minutes: 480 } },
  { id: '5-calls', label: () => t('next 5 calls'), end: { uses: 5 } },
  { id: '20-calls', label: () => t('next 20 calls'), end: { uses: 20 } },
];

/** Id and words of each, in the order of the form. */
export const endChoices = (): [id: string, label: string][] =>
  ENDS.map(({ id, label }) => [id, label()]);

/** What may be remembered of this call. Only the call as the agent made it: the user's own text is nothing to learn from. */
export function canRemember(request: RequestView, draft: CardDraft): RememberOffer | null {
  if (!allows(request, 'approve') || approval(request, draft).type !== 'approve') return null;
  return request.remember ?? null;
}

/** What is picked: this thread, where it is offered, without an end. Never a scope that is not offered. */
export function remembered(offer: RememberOffer, draft: CardDraft): Remember {
  const { scopes } = offer;
  if (draft.remember && scopes.includes(draft.remember.scope)) return draft.remember;
  const scope: GrantScope = scopes.includes('thread') ? 'thread' : (scopes[0] ?? 'turn');
  return { ...draft.remember, scope };
}

/** The entry of `ENDS` that says how `picked` ends. */
export function endOf({ minutes, uses }: Remember): string {
  return ENDS.find(({ end }) => end.minutes === minutes && end.uses === uses)?.id ?? 'none';
}

/** `picked` with another end. */
export function withEnd({ scope }: Remember, id: string): Remember {
  return { scope, ...ENDS.find((known) => known.id === id)?.end };
}

export function rememberApproval(remember: Remember): Decision {
  return { type: 'approve', remember };
}

/** What will be allowed, in one sentence; the rules stand below it. */
export function allowsText({ rules }: RememberOffer, picked: Remember): string {
  const reach = reachText(picked);
  return rules.length === 1
    ? t(
        'What matches this rule will run without asking {0}. Rules that deny or ask still hold.',
        reach,
      )
    : t(
        'What matches these rules will run without asking {0}. Rules that deny or ask still hold.',
        reach,
      );
}
