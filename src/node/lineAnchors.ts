// Lines by which two or three texts are laid beside each other: those that are there once in each, in the same order. Pure.

/** Positions of the lines that are there once, in order. */
export function onlyOnce(lines: readonly string[]): Map<string, number> {
  const first = new Map<string, number>();
  const again = new Set<string>();
  lines.forEach((text, at) => {
    if (first.has(text)) again.add(text);
    else first.set(text, at);
  });
  again.forEach((text) => first.delete(text));
  return first;
}

/** A longest choice of items, in their order, whose keys grow. */
export function longestGrowing<T>(items: readonly T[], key: (item: T) => number): T[] {
  interface Chain {
    item: T;
    previous: Chain | undefined;
  }
  // By length: the chain of that length with the smallest end.
  const ends: Chain[] = [];
  const endOf = (length: number): number => {
    const chain = ends[length];
    return chain ? key(chain.item) : Infinity;
  };
  for (const item of items) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (endOf(middle) < key(item)) low = middle + 1;
      else high = middle;
    }
    ends[low] = { item, previous: ends[low - 1] };
  }
  const chosen: T[] = [];
  for (let chain = ends.at(-1); chain; chain = chain.previous) chosen.push(chain.item);
  return chosen.reverse();
}
