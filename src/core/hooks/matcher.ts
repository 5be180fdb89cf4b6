// A hook's matcher: a list of tool names, or a regular expression that cannot run away. Pure; what is not sound is a problem.
const MAX_LENGTH = 512;
/** More unbounded repetitions of one name could take long. */
const MAX_REPEATS = 3;

export type Matcher =
  { ok: true; matches: (name: string) => boolean } | { ok: false; message: string };

/** Null, empty and `*`: every tool. Names with `|` or `,` between them mean exactly those; all else is searched for in the name. */
export function compileMatcher(text: string | null): Matcher {
  if (text === null || text.trim() === '' || text.trim() === '*') {
    return { ok: true, matches: () => true };
  }
  if (text.length > MAX_LENGTH) return bad(`is longer than ${MAX_LENGTH} characters`);
  if (/^[\w\-\s,|]+$/.test(text)) {
    const names = new Set(text.split(/[|,]/).map((name) => name.trim()));
    names.delete('');
    return names.size === 0
      ? bad('names no tool')
      : { ok: true, matches: (name) => names.has(name) };
  }
  const unsafe = expressionProblem(text);
  if (unsafe !== null) return bad(unsafe);
  try {
    const expression = new RegExp(text);
    return { ok: true, matches: (name) => expression.test(name) };
  } catch {
    return bad('is not a regular expression');
  }
}

function bad(message: string): Matcher {
  return { ok: false, message: `its matcher ${message}` };
}

/** Nothing that makes matching costly: no repeated groups, no look-around, no reference back, few repetitions. */
function expressionProblem(text: string): string | null {
  const plain = text.replace(/\[(?:\\.|[^\]\\])*\]/g, 'c');
  if (/\\[1-9k]/.test(plain)) return 'refers back to a group';
  if (/\(\?(?!:)/.test(plain)) return 'looks ahead or behind, or names a group';
  const bare = plain.replace(/\\./g, 'c');
  if (/\)[*+{]/.test(bare)) return 'repeats a group';
  const repeats = bare.match(/[*+{]/g)?.length ?? 0;
  return repeats > MAX_REPEATS ? `repeats more than ${MAX_REPEATS} times` : null;
}
