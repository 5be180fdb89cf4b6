// Looks at the names in a JSON text as written: `JSON.parse` keeps the last of two equal ones and says nothing.

interface Frame {
  /** Names seen so far; null for an array. */
  keys: Set<string> | null;
  key: string;
  expectsKey: boolean;
}

/**
 * What is wrong with a name in `json`, which must be valid JSON: one that stands twice in its object, or `__proto__`.
 * Undefined when nothing is.
 */
export function keyProblem(json: string): string | undefined {
  const stack: Frame[] = [];
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    const top = stack.at(-1);
    if (character === '"') {
      const end = endOfString(json, at);
      if (top?.keys && top.expectsKey) {
        const problem = addKey(stack, top, JSON.parse(json.slice(at, end + 1)));
        if (problem !== undefined) return problem;
      }
      at = end;
    } else if (character === '{') stack.push({ keys: new Set(), key: '', expectsKey: true });
    else if (character === '[') stack.push({ keys: null, key: '[]', expectsKey: false });
    else if (character === '}' || character === ']') stack.pop();
    else if (character === ',' && top) top.expectsKey = true;
  }
  return undefined;
}

function addKey(stack: readonly Frame[], top: Frame, key: unknown): string | undefined {
  top.key = String(key);
  top.expectsKey = false;
  const place = stack.map((frame) => frame.key).join('.');
  if (top.key === '__proto__') return `${place} cannot be used as a name`;
  if (top.keys?.has(top.key)) return `${place} stands there twice`;
  top.keys?.add(top.key);
  return undefined;
}

/** Index of the closing quote of the string that opens at `start`. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    if (json[at] === '\\') at += 1;
    else if (json[at] === '"') return at;
  }
  return json.length;
}
