// Searches file contents with ripgrep. Secrets are left out unless the file itself was named, which policy judges.
import path from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../core/base/json.ts';
import { protectionsOf } from '../../core/policy/protectedFiles.ts';
import { searchedFolder } from './searchedFolder.ts';
import { COMMON_ARGS, pathFilter, runRipgrep } from './ripgrep.ts';
import { DEFAULT_MAX_BYTES } from './readText.ts';
import type { SearchQuery, TextMatch } from '../../core/ports/workspace.ts';

interface SearchOptions {
  rgPath: string;
  realPath: string;
  query: SearchQuery;
  signal: AbortSignal;
  /** The shown name of an absolute path. */
  nameOf: (absolute: string) => string;
}

type Searched = { matches: TextMatch[]; truncated: boolean } | { error: string };

/** Characters of a long line that are shown, around the match. */
const MAX_LINE = 400;
const BEFORE_MATCH = 100;

/** Text, or bytes in base64 where it is not UTF-8; the latter is shown as well as it goes. */
const Content = z
  .union([z.object({ text: z.string() }), z.object({ bytes: z.base64() })])
  .transform((part) =>
    'text' in part ? Buffer.from(part.text, 'utf8') : Buffer.from(part.bytes, 'base64'),
  );

const MatchRecord = z.object({
  type: z.literal('match'),
  data: z.object({
    path: z.object({ text: z.string() }),
    lines: Content,
    line_number: z.int(),
    submatches: z.array(z.object({ start: z.int() })),
  }),
});
type MatchRecord = z.infer<typeof MatchRecord>;

/** Never throws but on abort. */
export async function searchWithRipgrep(options: SearchOptions): Promise<Searched> {
  const { realPath, query, nameOf } = options;
  const folder = await searchedFolder(realPath);
  if ('error' in folder) return folder;
  const base = folder.isFile ? path.dirname(realPath) : realPath;
  const wanted = searchFilter(query.glob, folder.isFile);
  const matches: TextMatch[] = [];
  let truncated = false;
  const ended = await runRipgrep({
    rgPath: options.rgPath,
    args: [...COMMON_ARGS, ...searchArgs(query), '--', query.pattern, realPath],
    separator: '\n',
    signal: options.signal,
    onRecord(record) {
      const match = parseMatch(record);
      if (!match) return true;
      const file = match.data.path.text;
      if (!wanted(path.relative(base, file).split(path.sep).join('/'))) return true;
      truncated = matches.length >= query.maxResults;
      if (!truncated) matches.push(toMatch(match, nameOf(file)));
      return !truncated;
    },
  });
  if (ended.kind === 'failed' && matches.length === 0) return { error: searchError(ended.message) };
  return { matches, truncated: truncated || ended.kind !== 'done' };
}

/** A file that was named is searched whatever it is: policy has judged its path. Remembers the last answer. */
function searchFilter(glob: string | null, named: boolean): (relative: string) => boolean {
  const inGlob = glob === null ? () => true : pathFilter(glob);
  let last: { relative: string; wanted: boolean } | undefined;
  return (relative) => {
    if (last?.relative !== relative) {
      last = { relative, wanted: inGlob(relative) && (named || !isSecret(relative)) };
    }
    return last.wanted;
  };
}

function isSecret(relative: string): boolean {
  return protectionsOf(relative).some(({ tier }) => tier === 'secret' || tier === 'forbidden');
}

function searchArgs(query: SearchQuery): string[] {
  return [
    '--json',
    `--max-filesize=${DEFAULT_MAX_BYTES}`,
    query.isRegex ? '--no-fixed-strings' : '--fixed-strings',
    query.caseSensitive ? '--case-sensitive' : '--ignore-case',
  ];
}

function parseMatch(record: string): MatchRecord | undefined {
  const json = parseJson(record);
  return json.ok ? MatchRecord.safeParse(json.value).data : undefined;
}

function toMatch(match: MatchRecord, name: string): TextMatch {
  const { lines, line_number: line, submatches } = match.data;
  const start = lines.subarray(0, submatches[0]?.start ?? 0).toString('utf8').length;
  return { path: name, line, text: clip(lines.toString('utf8').replace(/\r?\n[^]*$/, ''), start) };
}

function clip(line: string, start: number): string {
  if (line.length <= MAX_LINE) return line;
  const from = Math.max(0, Math.min(start - BEFORE_MATCH, line.length - MAX_LINE));
  const to = from + MAX_LINE;
  const middle = line.slice(from, to).replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '');
  return `${from > 0 ? '…' : ''}${middle}${to < line.length ? '…' : ''}`;
}

/** ripgrep's own words, without the program's name. */
function searchError(message: string): string {
  return `the search failed: ${message.replace(/^rg: /, '') || 'unknown error'}`;
}
