// The texts of package.json: which of its members people read, and how they become keys of package.nls.json. Pure.

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
type Table = Record<string, string>;

const TEXTS = new Set([
  ...['title', 'description', 'markdownDescription', 'patternErrorMessage', 'label', 'altText'],
  ...['contents', 'contextualTitle', 'deprecationMessage', 'markdownDeprecationMessage'],
]);
const LISTS = new Set(['enumDescriptions', 'markdownEnumDescriptions', 'enumItemLabels']);
/** The product's name is the same in every language. */
const NAMES = new Set(['Countersign']);
const KEY = /^%([^%]+)%$/;

export interface ManifestText {
  /** Members on the way, such as `contributes`, `commands`, `countersign.stop`, `title`. */
  path: string[];
  text: string;
}

/** Every text of the manifest that people read, keys included. */
export function manifestTexts(manifest: Json): ManifestText[] {
  const found: ManifestText[] = [];
  mapTexts(manifest, (text, path) => {
    found.push({ path, text });
    return text;
  });
  return found;
}

/** The key that a text of the manifest names; undefined for a text that stands there itself. */
export function keyOf(text: string): string | undefined {
  return KEY.exec(text)?.[1];
}

/** Puts texts that stand in the manifest into the table, the same text once, and keys in their place. */
export function moveTexts(manifest: Json, known: Table): { manifest: Json; table: Table } {
  const table: Table = { ...known };
  const used = new Set<string>();
  const moved = mapTexts(manifest, (text, path) => {
    const key = keyOf(text) ?? newKey(table, text, path);
    table[key] ??= text;
    used.add(key);
    return `%${key}%`;
  });
  return {
    manifest: moved,
    table: Object.fromEntries([...used].map((key) => [key, table[key] ?? ''])),
  };
}

function newKey(table: Table, text: string, path: readonly string[]): string {
  const base = path
    .filter((part) => !/^(?:contributes|configuration|properties|items|title)$/.test(part))
    .join('.');
  const same = Object.keys(table).find(
    (key) => table[key] === text && key.split('.')[0] === base.split('.')[0],
  );
  if (same !== undefined) return same;
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? base : `${base}.${String(number)}`;
    if (table[key] === undefined) return key;
  }
}

function mapTexts(value: Json, change: (text: string, path: string[]) => string): Json {
  const visit = (at: Json, path: string[], seen: boolean): Json => {
    if (typeof at === 'string') return seen && !NAMES.has(at) ? change(at, path) : at;
    if (Array.isArray(at))
      return at.map((one, index) => visit(one, [...path, nameOf(one, index)], seen));
    if (typeof at !== 'object' || at === null) return at;
    const entries = Object.entries(at).map(([name, member]): [string, Json] => [
      name,
      visit(member, [...path, shortened(name)], isText(name, member, path)),
    ]);
    return Object.fromEntries(entries);
  };
  return visit(value, [], false);
}

function isText(name: string, member: Json, path: readonly string[]): boolean {
  if (LISTS.has(name)) return true;
  if (typeof member !== 'string') return false;
  if (name === 'name') return path.includes('views');
  // What a setting or command is by default is no text, whatever its name is.
  return TEXTS.has(name);
}

/** An element of a list by what it is called there, else by its place. */
function nameOf(element: Json, index: number): string {
  if (typeof element === 'object' && element !== null && !Array.isArray(element)) {
    for (const name of [element['command'], element['id'], element['view']]) {
      if (typeof name === 'string') return shortened(name);
    }
  }
  return String(index + 1);
}

function shortened(name: string): string {
  return name.replace(/^countersign\./, '');
}
