// Hooks on the way of a call: asked once when it is planned, on the arguments as the model wrote them, and again when a human
// edited them. What they rewrite is what is decided, shown and run.
import { findTool, parseToolArgs } from '../tools/registry.ts';
import { parseJson } from '../base/json.ts';
import type { EngineDeps } from './deps.ts';
import type { ToolCall } from './message.ts';
import type { HookTrace } from '../hooks/trace.ts';
import type { HookJudgement } from '../hooks/types.ts';
import type { HookSay } from '../hooks/withHook.ts';
import type { JsonObject, Mode, Verdict } from '../../protocol/calls.ts';
import type { CallRow } from '../ports/store.ts';

export type HookedDeps = Pick<EngineDeps, 'hooks' | 'policy' | 'tools' | 'texts'>;

/** Where the call is made, and what stops its hooks. */
export interface HookedTurn {
  threadId: string;
  mode: Mode;
  signal: AbortSignal;
}

interface Heard {
  /** With the arguments as hooks rewrote them. */
  call: ToolCall;
  say?: HookSay;
  trace?: HookTrace;
}

const NOBODY: Pick<HookJudgement, 'rewritten' | 'context'> = { rewritten: null, context: [] };
/** Most of a rewriting that is told; the whole of it stands on the card and in the journal. */
const MAX_PATCH = 4_000;

/** A call that its tool cannot take is no business of hooks. Throws when the turn was stopped meanwhile. */
export async function hearHooks(
  deps: HookedDeps,
  turn: HookedTurn,
  call: ToolCall,
): Promise<Heard> {
  const tool = findTool(deps.tools, call.name);
  const parsed = tool && parseToolArgs(tool, call.argsText);
  if (!tool || !parsed?.ok) return { call };
  const { args } = parsed;
  const judged = await judge(deps, turn, { callId: call.id, tool: tool.name, args });
  turn.signal.throwIfAborted();
  if (!judged) return { call };
  const fitting = fit(judged, (text) => parseToolArgs(tool, text));
  const { rewritten, decision, reason } = fitting;
  const argsText = rewritten ? JSON.stringify(rewritten.args) : call.argsText;
  const trace = traceOf(deps, fitting, call.argsText);
  return { call: { ...call, argsText }, say: { decision, reason }, ...(trace && { trace }) };
}

/** Arguments that the tool does not take are not a rewriting but a failure. */
function fit(
  judged: HookJudgement,
  parse: (argsText: string) => ReturnType<typeof parseToolArgs>,
): HookJudgement {
  const { rewritten } = judged;
  if (!rewritten) return judged;
  const parsed = parse(JSON.stringify(rewritten.args));
  if (parsed.ok) return judged;
  if (judged.decision === 'deny') return { ...judged, rewritten: null };
  const reason = `hook ${rewritten.by} rewrote the arguments to what cannot be used (${parsed.message})`;
  return { ...judged, rewritten: null, decision: 'ask', reason };
}

/** Switched off, approvals need no hook; without hooks there is nothing to ask. */
async function judge(
  { hooks, policy }: HookedDeps,
  { threadId, mode, signal }: HookedTurn,
  call: { callId: string; tool: string; args: JsonObject },
): Promise<HookJudgement | null> {
  if (!hooks || policy.rules().approvalsOff === true) return null;
  return hooks.judge({ threadId, mode, ...call }, signal);
}

function traceOf(
  { texts }: HookedDeps,
  { rewritten, context }: Pick<HookJudgement, 'rewritten' | 'context'> = NOBODY,
  argsText: string,
): HookTrace | undefined {
  const told = context.map(({ by, text }) => `From hook ${by}, not from the user:\n${text}`);
  if (rewritten) {
    const patch = texts.patch('arguments', pretty(argsText), pretty(rewritten.args));
    const shown = patch.length > MAX_PATCH ? `${patch.slice(0, MAX_PATCH)}\n[shortened]` : patch;
    told.unshift(`Hook ${rewritten.by} rewrote your arguments before this was decided:\n${shown}`);
  }
  if (told.length === 0) return undefined;
  const note = rewritten && `Arguments rewritten by hook ${rewritten.by}.`;
  return { told: told.join('\n\n'), ...(note && { note }) };
}

function pretty(args: string | JsonObject): string {
  const value = typeof args === 'string' ? parsed(args) : args;
  return `${JSON.stringify(value, null, 2)}\n`;
}

function parsed(text: string): unknown {
  const json = parseJson(text);
  return json.ok ? json.value : text;
}

/** The result of a call with what its hooks have for the model. */
export function withTold(text: string, hook: HookTrace | null | undefined): string {
  return hook?.told === undefined ? text : `${text}\n\n${hook.told}`;
}

/** A hook's allow was given when the call was planned, and stands; policy is asked again without it. */
export function sayOfRow({ verdict }: Pick<CallRow, 'verdict'>): { say?: HookSay } {
  if (verdict?.verdict !== 'allow' || verdict.layer !== 'hook') return {};
  return { say: { decision: 'allow', reason: verdict.reason } };
}

/** The denial by a hook of what a human put in the place of the agent's arguments; hooks may do nothing else there. */
export async function deniedEdit(
  deps: HookedDeps,
  turn: HookedTurn,
  call: { callId: string; tool: string; args: JsonObject },
): Promise<Verdict | undefined> {
  const judged = await judge(deps, turn, call);
  if (judged?.decision !== 'deny') return undefined;
  return { verdict: 'deny', layer: 'hook', reason: judged.reason };
}
