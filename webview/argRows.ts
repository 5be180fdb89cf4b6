// Arguments of a call as lines, one for each value at any depth, in the order they are sent. Pure.

export interface ArgRow {
  /** Where the value stands: `options.retries`, `files[2]`, `["odd name"]`. */
  path: string;
  /** A string as it is; anything else as JSON. */
  value: string;
  /** A string, and not JSON: shown so that `"1"` and `1` look different. */
  text: boolean;
}

const PLAIN_NAME = /^[A-Za-z_$][\w$]*$/;

/** Deeper values are one line of JSON. */
const MAX_DEPTH = 32;

/** Every value of the object is in exactly one row; an empty object or array is a row of its own. */
export function argRows(args: Readonly<Record<string, unknown>>): ArgRow[] {
  const rows: ArgRow[] = [];
  const visit = (path: string, value: unknown, depth: number): void => {
    const entries = depth < MAX_DEPTH ? membersOf(value, path) : [];
    if (entries.length === 0) {
      const text = typeof value === 'string';
      rows.push({ path, value: text ? value : JSON.stringify(value), text });
    }
    for (const [at, member] of entries) visit(at, member, depth + 1);
  };
  for (const [at, member] of membersOf(args, '')) visit(at, member, 1);
  return rows;
}

function membersOf(value: unknown, path: string): [string, unknown][] {
  if (Array.isArray(value)) {
    return value.map((member, index) => [`${path}[${String(index)}]`, member]);
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, member]) => {
    if (!PLAIN_NAME.test(name)) return [`${path}[${JSON.stringify(name)}]`, member];
    return [path === '' ? name : `${path}.${name}`, member];
  });
}
