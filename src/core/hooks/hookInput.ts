// What a hook is told of a call, as JSON on its standard input, in the form and by the names it was written for.
import { aliasFor, toOurs, toTheirs } from './toolNames.ts';
import { canonicalJson } from '../base/json.ts';
import { compileMatcher } from './matcher.ts';
import type { LoadedHook } from './types.ts';
import type { JsonObject, Mode } from '../../protocol/calls.ts';
import type { Files } from '../ports/workspace.ts';

/** A call as hooks see it. */
export interface HookedCall {
  threadId: string;
  callId: string;
  tool: string;
  args: JsonObject;
  mode: Mode;
}

/** Arguments of a move: whoever guards files by one path is asked about each. */
export type MovePlace = 'from' | 'to';

export interface HookInput {
  json: string;
  /** The hook's new arguments by our own names; undefined when two of them mean the same. */
  read: (updatedInput: Record<string, unknown>) => JsonObject | undefined;
}

/** What Claude Code calls our modes. */
const MODES: Readonly<Record<Mode, string>> = {
  plan: 'plan',
  default: 'default',
  acceptEdits: 'acceptEdits',
  dontAsk: 'dontAsk',
  bypass: 'bypassPermissions',
};

export async function hookInput(
  { facts, dialect }: LoadedHook,
  call: HookedCall,
  {
    files,
    now,
    about,
  }: { files: Pick<Files, 'resolve'>; now: number; about?: MovePlace | undefined },
): Promise<HookInput> {
  const matcher = compileMatcher(facts.matcher);
  const matches = (name: string): boolean => matcher.ok && matcher.matches(name);
  const alias = aliasFor(call.tool, dialect, matches);
  const flat = facts.event === 'preToolUse';
  const args = about === undefined ? call.args : { ...call.args, path: call.args[about] };
  const sent = toTheirs(alias, await withPaths(args, files, flat));
  const own = toTheirs(alias, call.args);
  const told = { cwd: facts.folder, name: alias.name, input: sent, now };
  const json = JSON.stringify(flat ? flatForm(call, told) : form(call, told));
  const read: HookInput['read'] = (updated) => {
    // What came back as it was sent is as the model wrote it.
    const added = (key: string, value: unknown): boolean =>
      same(value, sent[key]) && !Object.hasOwn(own, key);
    const entries = Object.entries(updated).flatMap(([key, value]) =>
      added(key, value) ? [] : [[key, same(value, sent[key]) ? own[key] : value] as const],
    );
    return toOurs(alias, Object.fromEntries(entries));
  };
  return { json, read };
}

/** Claude Code and VS Code tell absolute paths, Copilot those inside the folder by their names there. */
async function withPaths(
  args: JsonObject,
  files: Pick<Files, 'resolve'>,
  relative: boolean,
): Promise<JsonObject> {
  const told = { ...args };
  for (const name of ['path', 'from', 'to']) {
    const given = args[name];
    if (typeof given !== 'string') continue;
    const path = await files.resolve(given);
    told[name] = relative ? (path.relLexical ?? path.lexical) : path.lexical;
  }
  return told;
}

function same(value: unknown, sent: unknown): boolean {
  return sent !== undefined && canonicalJson(value) === canonicalJson(sent);
}

interface Told {
  cwd: string;
  name: string;
  input: JsonObject;
  now: number;
}

function form({ threadId, callId, mode, tool, args }: HookedCall, told: Told): JsonObject {
  const { cwd, name, input, now } = told;
  return {
    hook_event_name: 'PreToolUse',
    hookEventName: 'PreToolUse',
    session_id: threadId,
    sessionId: threadId,
    transcript_path: '',
    timestamp: new Date(now).toISOString(),
    cwd,
    permission_mode: MODES[mode],
    tool_name: name,
    tool_input: input,
    tool_use_id: callId,
    countersign: { tool, args },
  };
}

function flatForm({ threadId, tool, args }: HookedCall, told: Told): JsonObject {
  const { cwd, name, input, now } = told;
  return {
    timestamp: now,
    cwd,
    sessionId: threadId,
    toolName: name,
    toolArgs: JSON.stringify(input),
    countersign: { tool, args },
  };
}
