// When a button that consents may be pressed: only some time after it was painted, moved or changed, and for what does
// not fit the view only once both its ends have been on screen. Decides nothing else.

/** Time between the last paint, move or change and the first press that counts, milliseconds. */
const ARM_DELAY = 500;

interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The ends of a card: both must have been seen before a card taller than its view is armed. */
const ENDS = '[data-end]';

/** Watches one element; `changed` is called when `armed` may have changed. Call `dispose` when it leaves the page. */
export class ArmedWatch {
  readonly #element: HTMLElement;
  readonly #changed: () => void;
  readonly #seen = new Set<Element>();
  readonly #ends: IntersectionObserver;
  #place: Place | undefined;
  #since = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(element: HTMLElement, changed: () => void) {
    this.#element = element;
    this.#changed = changed;
    this.#ends = new IntersectionObserver((entries) => {
      this.#see(entries);
    });
    watches.add(this);
    ground.observe(element);
    this.touch();
  }

  dispose(): void {
    watches.delete(this);
    ground.forget(this.#element);
    this.#ends.disconnect();
    clearTimeout(this.#timer);
  }

  /** Whether a press counts now. Looks at the layout again, so that a late observer cannot be outrun. */
  get armed(): boolean {
    checkLayout();
    return this.looksArmed;
  }

  /** As `armed` at the last look; for rendering. */
  get looksArmed(): boolean {
    return this.ready && performance.now() - this.#since >= ARM_DELAY;
  }

  /** Whether everything has been on screen that must have been, the delay apart. */
  get ready(): boolean {
    return document.visibilityState === 'visible' && (this.#fits() || this.#seenWhole());
  }

  /** Starts the delay again. */
  touch(): void {
    this.#since = performance.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#changed, ARM_DELAY + 1);
    this.#changed();
  }

  /** To be called after each render of the element: its ends may be other elements now. */
  rendered(): void {
    const ends = new Set(this.#element.querySelectorAll(ENDS));
    for (const end of this.#seen) if (!ends.has(end)) this.#seen.delete(end);
    for (const end of ends) if (!this.#seen.has(end)) this.#ends.observe(end);
  }

  /** Compares the place with the last one; scrolling alone is no move. */
  checkPlace(): void {
    const place = placeOf(this.#element);
    const last = this.#place;
    this.#place = place;
    if (last && !samePlace(place, last)) this.touch();
  }

  #fits(): boolean {
    const view = scrollerOf(this.#element)?.clientHeight ?? window.innerHeight;
    return this.#element.offsetHeight <= view;
  }

  #seenWhole(): boolean {
    return [...this.#element.querySelectorAll(ENDS)].every((end) => this.#seen.has(end));
  }

  #see(entries: readonly IntersectionObserverEntry[]): void {
    const before = this.#seen.size;
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      this.#seen.add(entry.target);
      this.#ends.unobserve(entry.target);
    }
    if (this.#seen.size > before && !this.#fits()) this.touch();
  }
}

const watches = new Set<ArmedWatch>();

function scrollerOf(element: Element): Element | null {
  return element.closest('[data-scroller]');
}

function placeOf(element: Element): Place {
  const box = element.getBoundingClientRect();
  const scroller = scrollerOf(element);
  const scrolled = scroller && scroller !== element ? scroller.scrollTop : 0;
  return { left: box.left, top: box.top + scrolled, width: box.width, height: box.height };
}

function samePlace(a: Place, b: Place): boolean {
  const near = (x: number, y: number): boolean => Math.abs(x - y) <= 1;
  return (
    near(a.left, b.left) && near(a.top, b.top) && near(a.width, b.width) && near(a.height, b.height)
  );
}

/** Observes sizes and scrolling for all watches together. */
class Ground {
  readonly #sizes = new ResizeObserver(() => {
    checkLayout();
  });
  #scroller: Element | undefined;
  #scrollTop = 0;
  #extent = '';

  observe(element: Element): void {
    this.#sizes.observe(element);
    const scroller = scrollerOf(element);
    if (!scroller || scroller === this.#scroller) return;
    this.#scroller = scroller;
    this.#sizes.observe(scroller);
    for (const child of scroller.children) this.#sizes.observe(child);
    scroller.addEventListener('scroll', checkLayout, { passive: true });
  }

  forget(element: Element): void {
    this.#sizes.unobserve(element);
  }

  /** Whether the scroll position moved together with the size of what is scrolled: then the page did it, not the user. */
  shifted(): boolean {
    const scroller = this.#scroller;
    if (!scroller) return false;
    const extent = `${scroller.scrollHeight} ${scroller.clientHeight} ${scroller.clientWidth}`;
    const shifted = extent !== this.#extent && scroller.scrollTop !== this.#scrollTop;
    this.#extent = extent;
    this.#scrollTop = scroller.scrollTop;
    return shifted;
  }
}

const ground = new Ground();

/** Looks whether anything has moved since the last look. Cheap; to be called after every render. */
export function checkLayout(): void {
  const shifted = ground.shifted();
  for (const watch of watches) {
    watch.checkPlace();
    if (shifted) watch.touch();
  }
}

/** Disarms everything, for when the page itself scrolls or comes back into view. */
export function disarmAll(): void {
  for (const watch of watches) watch.touch();
}

document.addEventListener('visibilitychange', disarmAll);
