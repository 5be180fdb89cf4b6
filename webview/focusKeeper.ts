// Keeps the focus of the keyboard in the page when what had it goes or is switched off: near where it was, never on a button, and
// never on a card that has just come.

const CARD = '.card';
const FIELDS = 'textarea, input, select';

interface Last {
  element: Element;
  /** From the element up, as it stood when it got the focus: what is taken out of the page loses its parents. */
  path: readonly Element[];
}

let last: Last | undefined;
/** The cards at the last look, in order. */
let stood: readonly Element[] = [];
let frame = 0;

/** To be called once; for as long as the page lives. */
export function keepFocus(): void {
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof Element) last = { element: target, path: pathOf(target) };
  });
  new MutationObserver(() => {
    look();
    // A control that was switched off loses the focus with the next frame only.
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(look);
  }).observe(document.body, {
    ...{ childList: true, subtree: true, attributes: true },
    attributeFilter: ['disabled'],
  });
}

function pathOf(element: Element): Element[] {
  const above = element.parentElement;
  return above ? [element, ...pathOf(above)] : [element];
}

function look(): void {
  const cards = [...document.querySelectorAll(CARD)];
  if (last && isLost(last.element)) {
    const place = placeAfter(last, cards);
    last = undefined;
    if (place instanceof HTMLElement) place.focus({ preventScroll: true });
  }
  stood = cards;
}

/** Not when the human is elsewhere in the window: the page takes no focus from there. */
function isLost(element: Element): boolean {
  const { activeElement } = document;
  const nowhere = activeElement === null || activeElement === document.body;
  return (
    nowhere &&
    document.hasFocus() &&
    (!element.isConnected || element.matches(':disabled, [disabled]'))
  );
}

function placeAfter({ element, path }: Last, cards: readonly Element[]): Element | null {
  const own = path.find((one) => one.matches(CARD));
  if (own?.isConnected === true) return own;
  const feed = document.querySelector('[data-scroller]');
  // Who was typing goes on typing: it must go nowhere.
  if (element.matches(FIELDS)) return feed;
  return neighbour(own, cards) ?? document.querySelector('[data-testid="composer-input"]') ?? feed;
}

/** The next of the cards that stood there already, or the one before. */
function neighbour(own: Element | undefined, cards: readonly Element[]): Element | undefined {
  if (!own) return undefined;
  const at = stood.indexOf(own);
  const there = (one: Element): boolean => cards.includes(one);
  return stood.slice(at + 1).find(there) ?? stood.slice(0, Math.max(at, 0)).findLast(there);
}
