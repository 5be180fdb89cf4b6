/** Rounds an amount in cents to whole cents, half up: 31.5 becomes 32. */
export function roundCents(cents: number): number {
  return Math.floor(cents + 0.5);
}
