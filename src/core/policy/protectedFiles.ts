// Which protected file a path is, in three tiers: the list (protectedList.ts), compared after folding (pathNames.ts).
import { foldPath } from './pathNames.ts';
import { FORBIDDEN, RUNS_CODE, SECRET, type ProtectedGroup } from './protectedList.ts';

type Tier = 'forbidden' | 'runsCode' | 'secret';

export interface Protection {
  tier: Tier;
  /** What it is, for the why line: `.git`, `CI configuration`. */
  what: string;
}

/** Templates that carry no secret although their name looks like one. */
const NOT_SECRET =
  /^(?:\.env|\.dev\.vars)\.(?:.*\.)?(?:example|sample|template|tmpl|dist|defaults?|schema|d\.ts)$|^(?:.*\.)?(?:example|sample|template)\.env$|\.pub$/;
/** `secrets.ts` and the like are source code. */
const SOURCE =
  /^(?:.*[-_.])?(?:secrets?|credentials?|creds|passwords?|tokens?|api_?keys?)[\w.-]*\.(?:[cm]?[jt]sx?|py|go|rs|rb|java|kt|cs|php|swift|c|h|cpp|hpp|md|html|css|scss|vue|svelte|test\..*|spec\..*)$/;

/** `dockerfile.ts` reads such files, it is none. */
const ABOUT_BUILDS =
  /^(?:docker|container|make|jenkins|proc)file\.(?:[cm]?[jt]sx?|py|go|rs|rb|java)$/;

/** Only in capitals: in lower case these are the names of ordinary folders. */
const BARE_BUILD_FILE = /(?:^|[/\\])(?:BUILD|WORKSPACE|BUCK)$/;

interface Entry {
  protection: Protection;
  /** Consecutive names; with `folder`, anything below the last of them too. */
  names: readonly ((segment: string) => boolean)[];
  folder: boolean;
  /** Only in the workspace's own folder. */
  atRoot: boolean;
  /** The last name, for the index. */
  last: string;
}

const INDEX = buildIndex([
  ...entriesOf('forbidden', FORBIDDEN),
  ...entriesOf('secret', SECRET),
  ...entriesOf('runsCode', RUNS_CODE),
]);

/** Every protection of a path (root-relative, or absolute when outside every root), strictest first. */
export function protectionsOf(path: string): Protection[] {
  const segments = foldPath(path);
  const found: Protection[] = [];
  for (const [at, segment] of segments.entries()) {
    const named = INDEX.byName.get(segment) ?? [];
    const candidates = INDEX.anyWild.test(segment) ? [...named, ...INDEX.wild] : named;
    for (const entry of candidates) {
      if (covers(entry, segments, at) && !exempt(entry, segments, at)) found.push(entry.protection);
    }
  }
  if (BARE_BUILD_FILE.test(path)) found.push({ tier: 'runsCode', what: 'build script' });
  return found.sort((a, b) => ORDER[a.tier] - ORDER[b.tier]);
}

const ORDER: Record<Tier, number> = { forbidden: 0, secret: 1, runsCode: 2 };

function covers(entry: Entry, segments: readonly string[], at: number): boolean {
  const start = at - entry.names.length + 1;
  if (start < 0 || (entry.atRoot && start > 0) || (!entry.folder && at !== segments.length - 1))
    return false;
  return entry.names.every((matches, i) => matches(segments[start + i] ?? ''));
}

function exempt(entry: Entry, segments: readonly string[], at: number): boolean {
  if (entry.folder) return false;
  const name = segments[at] ?? '';
  if (entry.protection.tier === 'runsCode') return ABOUT_BUILDS.test(name);
  return NOT_SECRET.test(name) || SOURCE.test(name);
}

function entriesOf(tier: Tier, groups: readonly ProtectedGroup[]): Entry[] {
  return groups.flatMap(([what, list]) =>
    list
      .split(/\s+/)
      .filter((item) => item !== '')
      .map((item) => entryOf({ tier, what }, item)),
  );
}

function entryOf(protection: Protection, item: string): Entry {
  const folder = item.endsWith('/');
  const atRoot = item.startsWith('/');
  const names = item.slice(atRoot ? 1 : 0, folder ? -1 : undefined).split('/');
  const last = names.at(-1) ?? '';
  return {
    protection,
    folder,
    atRoot,
    names: names.map(nameMatcher),
    last,
  };
}

function nameMatcher(name: string): (segment: string) => boolean {
  if (!name.includes('*')) return (segment) => segment === name;
  const pattern = new RegExp(sourceOf(name), 'u');
  return (segment) => pattern.test(segment);
}

function sourceOf(name: string): string {
  const parts = name.split('*').map((part) => part.replace(/[.+$()[\]{}|^]/g, '\\$&'));
  return `^${parts.join('[^]*')}$`;
}

interface Index {
  /** By their last name, when that is literal. */
  byName: ReadonlyMap<string, readonly Entry[]>;
  wild: readonly Entry[];
  /** Whether any of `wild` could be meant, in one look. */
  anyWild: RegExp;
}

function buildIndex(entries: readonly Entry[]): Index {
  const byName = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.last.includes('*')) continue;
    byName.set(entry.last, [...(byName.get(entry.last) ?? []), entry]);
  }
  const wild = entries.filter(({ last }) => last.includes('*'));
  const sources = [...new Set(wild.map(({ last }) => sourceOf(last)))];
  return { byName, wild, anyWild: new RegExp(sources.join('|'), 'u') };
}
