// Reads one file of hooks, in the forms of Claude Code, VS Code and Copilot. Pure and total: what cannot be read soundly is a
// problem with its place, never a hook that means less than was written.
import { z } from 'zod';
import { parseJson } from '../base/json.ts';
import { keyProblem } from '../base/jsonKeys.ts';
import { compileMatcher } from './matcher.ts';
import type { HookDialect, HookEntry, HookEvent, ParsedHookFile } from './types.ts';

const DEFAULT_SECONDS = 30;
/** A longer time-out counts as this. */
const MAX_SECONDS = 120;
/** What is longer could not be looked at in a dialog. */
const MAX_COMMAND = 4_000;
const MAX_VALUE = 1_000;
const MAX_ENTRIES = 100;

const EVENTS: readonly string[] = ['PreToolUse', 'preToolUse'] satisfies HookEvent[];

const Group = z.looseObject({ hooks: z.array(z.unknown()), matcher: z.string().nullish() });
const GROUP_KEYS = new Set(['hooks', 'matcher', 'description', 'comment', 'name']);

const text = z.string().max(MAX_COMMAND).optional();
/** Strict: a field that narrows when a hook runs must not be passed over. */
const Entry = z.strictObject({
  type: z.literal('command').optional(),
  ...{ command: text, windows: text, linux: text, osx: text, bash: text, powershell: text },
  matcher: z.string().nullish(),
  cwd: z.string().max(MAX_VALUE).optional(),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_]\w*$/, 'has a name that is none'),
      z.string().max(MAX_VALUE),
    )
    .optional(),
  timeout: z.number().positive().optional(),
  timeoutSec: z.number().positive().optional(),
  ...{ name: text, description: text, comment: text, statusMessage: text },
});
type Entry = z.infer<typeof Entry>;

export interface HookFileContext {
  file: string;
  dialect: HookDialect;
  platform: 'windows' | 'linux' | 'osx';
}

/** `place: null` in a problem: nothing of the file counts. */
export function parseHookFile(json: string, context: HookFileContext): ParsedHookFile {
  const found: ParsedHookFile = { entries: [], problems: [], unsupported: [] };
  const broken = (message: string): ParsedHookFile => ({
    ...{ entries: [], unsupported: [] },
    problems: [{ file: context.file, place: null, message }],
  });
  const parsed = parseJson(json);
  if (!parsed.ok) return broken(`it is not JSON: ${parsed.message}`);
  const key = keyProblem(json);
  if (key !== undefined) return broken(key);
  const top = z.looseObject({}).safeParse(parsed.value);
  if (!top.success) return broken('it is not a JSON object');
  const { hooks, disableAllHooks } = top.data;
  if (hooks === undefined || disableAllHooks === true) return found;
  const events = z.record(z.string(), z.unknown()).safeParse(hooks);
  if (!events.success) return broken('`hooks` is not an object of events');
  for (const [event, value] of Object.entries(events.data)) {
    if (!Array.isArray(value)) return broken(`\`hooks.${event}\` is not a list`);
    const known = hookEvent(event);
    if (known === undefined) found.unsupported.push({ event, count: value.length });
    else for (const one of ofEvent(value, known, context)) add(found, one);
  }
  if (found.entries.length > MAX_ENTRIES) return broken(`it has more than ${MAX_ENTRIES} hooks`);
  return found;
}

type Read = { place: string } & ({ entry: HookEntry } | { message: string });

function add(found: ParsedHookFile, read: Read & { file: string }): void {
  if ('entry' in read) found.entries.push(read.entry);
  else found.problems.push({ file: read.file, place: read.place, message: read.message });
}

function hookEvent(event: string): HookEvent | undefined {
  if (!EVENTS.includes(event)) return undefined;
  return event === 'preToolUse' ? 'preToolUse' : 'PreToolUse';
}

/** Groups with a matcher and hooks (Claude Code), or hooks as they are (VS Code, Copilot). */
function* ofEvent(
  values: readonly unknown[],
  event: HookEvent,
  context: HookFileContext,
): Generator<Read & { file: string }> {
  const { file } = context;
  for (const [index, value] of values.entries()) {
    const place = `${event}[${index}]`;
    const group = Group.safeParse(value);
    if (!group.success) {
      yield { file, ...readEntry(value, { place, event, matcher: null }, context) };
      continue;
    }
    const unknown = Object.keys(group.data).find((key) => !GROUP_KEYS.has(key));
    for (const [inner, hook] of group.data.hooks.entries()) {
      const at = { place: `${place}.hooks[${inner}]`, event, matcher: group.data.matcher ?? null };
      if (unknown === undefined) yield { file, ...readEntry(hook, at, context) };
      else yield { file, place: at.place, message: unknownField(unknown) };
    }
  }
}

function readEntry(
  value: unknown,
  at: { place: string; event: HookEvent; matcher: string | null },
  context: HookFileContext,
): Read {
  const { place, event } = at;
  const parsed = Entry.safeParse(value);
  if (!parsed.success) return { place, message: entryProblem(parsed.error, value) };
  const entry = parsed.data;
  const chosen = commandFor(entry, context.platform);
  if (chosen === undefined) return { place, message: 'it has no command for this platform' };
  if (chosen.command.trim() === '') return { place, message: 'its command is empty' };
  if (at.matcher !== null && typeof entry.matcher === 'string') {
    return { place, message: 'it has two matchers' };
  }
  const matcher = at.matcher ?? entry.matcher ?? null;
  const compiled = compileMatcher(matcher);
  if (!compiled.ok) return { place, message: compiled.message };
  const seconds = entry.timeout ?? entry.timeoutSec ?? DEFAULT_SECONDS;
  const { file, dialect } = context;
  return {
    place,
    entry: {
      ...{ file, place, event, matcher, ...chosen },
      dialect: event === 'preToolUse' ? 'copilot' : dialect,
      cwd: entry.cwd ?? null,
      env: entry.env ?? {},
      timeoutSeconds: Math.min(seconds, MAX_SECONDS),
    },
  };
}

function commandFor(
  entry: Entry,
  platform: HookFileContext['platform'],
): Pick<HookEntry, 'command' | 'shell'> | undefined {
  const windows = platform === 'windows';
  const command =
    entry[platform] ?? (windows ? entry.powershell : entry.bash) ?? entry.command ?? undefined;
  return command === undefined ? undefined : { command, shell: windows ? 'powershell' : 'bash' };
}

function entryProblem(error: z.ZodError, value: unknown): string {
  const type = z.looseObject({ type: z.string() }).safeParse(value).data?.type;
  if (type !== undefined && type !== 'command') {
    return `hooks of type ${JSON.stringify(type.slice(0, 40))} are not supported`;
  }
  const [issue] = error.issues;
  if (issue === undefined) return 'it cannot be read';
  if (issue.code === 'unrecognized_keys') return unknownField(issue.keys[0] ?? '');
  const field = issue.path.map(String).join('.');
  return field === '' ? 'it is not an object' : `\`${field}\`: ${issue.message}`;
}

function unknownField(name: string): string {
  return `it has a field that Countersign does not know: ${JSON.stringify(name.slice(0, 60))}`;
}
