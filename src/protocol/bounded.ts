// How large and how deep a JSON value may be that comes from outside. Without recursion: what is nested too deep for the stack
// is refused, not thrown at.

/** More than any tool's arguments, and far less than what a stack takes. */
const MAX_DEPTH = 100;

/** Whether `value` is at most `length` UTF-16 units long as JSON text, and nested at most 100 deep. Total. */
export function isBounded(value: unknown, length: number): boolean {
  return isShallow(value) && (JSON.stringify(value)?.length ?? 0) <= length;
}

/** Whether it is nested at most 100 deep. Total. */
export function isShallow(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return false;
    level = level.flatMap(membersOf);
  }
  return true;
}

function membersOf(value: unknown): unknown[] {
  return value !== null && typeof value === 'object' ? Object.values<unknown>({ ...value }) : [];
}
