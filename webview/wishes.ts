// What the window asks of the page for a command of its user, and which card has the focus. Nothing here decides: a card that is
// brought into view starts its delay anew, and a press goes to the card, which may refuse it.
import { PageWish, type CardRef } from '../src/protocol/messages.ts';
import { disarmAll } from './arming.ts';
import type { Controller } from './controller.ts';
import { playTone } from './tone.ts';
import { t } from '../src/protocol/l10n.ts';
import { focusComposer } from './views/messageField.ts';
import { CardView } from './views/card.ts';

/** How long a card that shall be shown is waited for, in ms: its thread may still be on its way. */
const PATIENCE_MS = 5_000;

/** Takes wishes out of what the host posts, and tells the host which card has the focus; for as long as the page lives. */
export function followWishes(controller: Controller, changed: () => void): (data: unknown) => void {
  document.addEventListener('focusin', ({ target }) => {
    tell(controller, target instanceof Element ? target.closest('cs-card') : null);
  });
  document.addEventListener('focusout', () => {
    // To another window, a palette say, it goes without being forgotten.
    setTimeout(() => {
      const held = document.activeElement?.closest('cs-card') ?? null;
      if (document.hasFocus() && held === null) tell(controller, null);
    });
  });
  new MutationObserver(() => {
    if (last && !cardOf(last)) tell(controller, null);
  }).observe(document.body, { childList: true, subtree: true });
  return (data) => {
    const { data: wish } = PageWish.safeParse(data);
    if (wish?.type === 'sound') playTone();
    if (wish?.type === 'attach') focusComposer();
    if (wish?.type === 'press') press(controller, wish.button, changed);
    if (wish?.type === 'focusCard') focusWhenThere(wish.card, performance.now() + PATIENCE_MS);
  };
}

/** The card that has the focus, or had it when the page lost it; forgotten once it is gone, or something else has the focus. */
let last: CardRef | null = null;

function tell(controller: Controller, card: Element | null): void {
  const { action, request } = card instanceof CardView ? card : { action: null, request: null };
  const now = action && request ? { actionId: action.actionId, callId: request.callId } : null;
  if (now?.actionId === last?.actionId && now?.callId === last?.callId) return;
  last = now;
  controller.client.request({ type: 'cardFocus', card: now }).catch(() => undefined);
}

function cardOf({ actionId, callId }: CardRef): CardView | undefined {
  const all = [...document.querySelectorAll('cs-card')].filter((card) => card instanceof CardView);
  return all.find((card) => card.action.actionId === actionId && card.request.callId === callId);
}

function focusWhenThere(wanted: CardRef, until: number): void {
  const card = cardOf(wanted);
  const section = card?.querySelector('.card');
  if (card && section instanceof HTMLElement) {
    disarmAll();
    card.scrollIntoView({ block: 'nearest' });
    section.focus({ preventScroll: true });
  } else if (performance.now() < until) {
    requestAnimationFrame(() => {
      focusWhenThere(wanted, until);
    });
  }
}

function press(controller: Controller, button: 'approve' | 'reject', changed: () => void): void {
  const card = last ? cardOf(last) : undefined;
  const none = t('No card has the focus. “Countersign: Next Pending” goes to one.');
  const why = card?.pressed(button) ?? (card ? null : none);
  controller.error = why === null ? null : { code: 'not_pressed', message: why, callIds: [] };
  changed();
}
