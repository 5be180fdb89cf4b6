// Which rows of a long transcript are in the page, so that its DOM stays bounded. Pure.

export const PAGE = 120;
const MOST = 300;

export interface Shown {
  from: number;
  to: number;
}

/** Rows to show of `total`; `from` null follows the end. */
export function shownRows(total: number, from: number | null): Shown {
  if (from === null) return { from: Math.max(0, total - PAGE), to: total };
  const start = Math.min(from, Math.max(0, total - PAGE));
  return { from: start, to: Math.min(total, start + MOST) };
}

/** Where the window starts after "show earlier". */
export function earlier(shown: Shown): number {
  return Math.max(0, shown.from - PAGE);
}

/** Where the window starts after "show later"; null once the end is in it. */
export function later(shown: Shown, total: number): number | null {
  const from = shown.from + PAGE;
  return from + MOST >= total ? null : from;
}
