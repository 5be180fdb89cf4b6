// Path globs of rules. `*` and `?` stay inside a name, `**` as a whole name spans names, dot names match; every other
// character is literal. Matching needs no backtracking beyond the last wildcard, whatever the glob and the path.
import type { GlobCompiler } from '../core/ports/system.ts';

const MAX_WILDCARDS = 64;
const PLAIN = /^[\x20-\x7e]*$/;

/** True when the item at this place of the pattern stands for the item at that place of the text. */
interface Pattern<T> {
  items: readonly (T | 'any')[];
  fits: (item: T, index: number) => boolean;
}

/** Compiles one glob; throws on an empty or excessive one. A path must match as a whole, `/`-separated. */
export const compileGlob: GlobCompiler = (glob, { nocase }) => {
  if (glob === '' || (glob.match(/[*?]/g)?.length ?? 0) > MAX_WILDCARDS) {
    throw new Error('empty glob or too many wildcards');
  }
  const form = nocase ? comparable : (text: string): string => text;
  const names = form(glob).split('/');
  // A rule that tightens takes `src//a` for `src/a`; for one that allows it names nothing.
  const kept = nocase ? names.filter((name) => name !== '' || names.length === 1) : names;
  const absolute = nocase && glob.startsWith('/');
  const items = kept.flatMap((name, at): (NameTest | 'any')[] => {
    if (name !== '**') return [nameTest(name)];
    // `src/**` is what lies in src, not src itself.
    return at > 0 && at === kept.length - 1 ? ['any', notEmpty] : ['any'];
  });
  const wild = kept.findIndex((name) => /[*?]/.test(name));
  const literal = wild < 0 ? kept : kept.slice(0, wild);
  return (path) => {
    if (absolute && !path.startsWith('/')) return false;
    const given = namesOf(path, nocase);
    // Most rules are told from a path by the names they begin with.
    for (let at = 0; at < literal.length; at += 1) if (given[at] !== literal[at]) return false;
    return matches({ items, fits: (test, at) => test(given[at] ?? '') }, given.length);
  };
};

/** The names of the paths that were asked about last: one path is put to many rules. */
const split = { exact: new Map<string, string[]>(), nocase: new Map<string, string[]>() };
const MAX_SPLIT = 64;

function namesOf(path: string, nocase: boolean): readonly string[] {
  const known = nocase ? split.nocase : split.exact;
  const before = known.get(path);
  if (before !== undefined) return before;
  const names = (nocase ? comparable(path) : path).split('/');
  const kept = nocase ? names.filter((name) => name !== '' || names.length === 1) : names;
  if (known.size >= MAX_SPLIT) known.clear();
  known.set(path, kept);
  return kept;
}

type NameTest = (name: string) => boolean;

function notEmpty(name: string): boolean {
  return name !== '';
}

function nameTest(pattern: string): NameTest {
  if (!/[*?]/.test(pattern)) return (name) => name === pattern;
  const items = [...pattern.replace(/\*+/g, '*')].map((item) => (item === '*' ? 'any' : item));
  return (name) => {
    const given = [...name];
    const fits = (item: string, at: number): boolean => item === '?' || item === given[at];
    return name !== '' && matches({ items, fits }, given.length);
  };
}

/** Whether `items` cover exactly `length` things; `any` covers any number. At a mismatch only the last `any` takes more. */
function matches<T>({ items, fits }: Pattern<T>, length: number): boolean {
  let item = 0;
  let at = 0;
  let back: { item: number; at: number } | null = null;
  while (at < length) {
    const now = items[item];
    if (now === 'any') {
      back = { item: (item += 1), at };
    } else if (now !== undefined && fits(now, at)) {
      item += 1;
      at += 1;
    } else if (back !== null) {
      back = { item: back.item, at: back.at + 1 };
      ({ item, at } = back);
    } else {
      return false;
    }
  }
  return items.slice(item).every((rest) => rest === 'any');
}

/** Every case and normal form of a name is one name to a rule that tightens. */
function comparable(text: string): string {
  return (PLAIN.test(text) ? text : text.normalize('NFC')).toUpperCase().toLowerCase();
}
