// How letters are compared where a human looks for something. Pure.

/** Letters without their case, each as long as it was, so that places in the one are places in the other. */
export function folded(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return [...text]
    .map((one) => (one.toLowerCase().length === one.length ? one.toLowerCase() : one))
    .join('');
}
