// Steps 1 to 3 of a tool call: parse, propose, decide. No side effects; its rows go into the journal as `planned`.
import { decide } from '../policy/decide.ts';
import { protectedAs } from '../policy/decidePath.ts';
import { holdsGit } from '../policy/gitGuard.ts';
import { gitEnvironment } from '../git/environment.ts';
import { findTool, parseToolArgs } from '../tools/registry.ts';
import { withBindings } from './bindings.ts';
import { unasked } from './unasked.ts';
import type { EngineDeps } from './deps.ts';
import type { AssistantMessage, ToolCall } from './message.ts';
import type { Decided } from '../policy/types.ts';
import type { JsonObject, Mode, Proposal, Verdict } from '../../protocol/calls.ts';
import type { PlannedCall } from '../ports/store.ts';
import type { Described, DescribeContext, Tool } from '../tools/tool.ts';

type PlanDeps = Pick<
  EngineDeps,
  | 'files'
  | 'git'
  | 'shells'
  | 'shellParser'
  | 'texts'
  | 'tools'
  | 'policy'
  | 'hashProposal'
  | 'logger'
>;

/** A call that can be done: its tool, arguments, proposal and verdict. */
export interface Prepared {
  ok: true;
  tool: Tool;
  args: JsonObject;
  proposal: Proposal;
  proposalHash: string;
  verdict: Verdict;
}

type Preparation = Prepared | { ok: false; message: string };

/**
 * Plans a batch in call order; edits of one file see what the earlier calls of the batch would leave. Where nobody can be asked,
 * a call that would ask is denied.
 */
export async function planBatch(
  deps: PlanDeps & Pick<EngineDeps, 'canPause'>,
  turn: { id: string; mode: Mode },
  batch: AssistantMessage,
): Promise<PlannedCall[]> {
  const overlay = new Map<string, string | null>();
  const rows: PlannedCall[] = [];
  for (const [index, call] of batch.toolCalls.entries()) {
    const prepared = await prepareCall(deps, call, { mode: turn.mode, overlay });
    const planned = plannedRow(turn.id, batch.id, { call, index }, prepared);
    const row = deps.canPause() ? planned : withoutAsking(planned);
    if (row.proposal?.kind === 'edit' && row.verdict?.verdict !== 'deny') {
      overlay.set(row.proposal.realPath, row.proposal.newText);
    }
    rows.push(row);
  }
  return rows;
}

function withoutAsking(row: PlannedCall): PlannedCall {
  if (row.verdict?.verdict !== 'ask') return row;
  const { verdict, text: result } = unasked(row.verdict, row.proposal);
  return { ...row, verdict, state: 'blocked', outcome: 'denied', result };
}

/** One call from its raw form to its verdict. Never throws: a failure is a message for the model. */
export async function prepareCall(
  deps: PlanDeps,
  call: ToolCall,
  options: { mode: Mode; overlay: ReadonlyMap<string, string | null> },
): Promise<Preparation> {
  const tool = findTool(deps.tools, call.name);
  if (!tool) return { ok: false, message: unknownTool(call.name, deps.tools) };
  const parsed = parseToolArgs(tool, call.argsText);
  if (!parsed.ok) return parsed;
  const context: DescribeContext = { ...deps, overlay: options.overlay };
  const described = await describeSafely(tool, parsed.args, context, deps);
  if (!described.ok) return described;
  await deps.policy.settled?.();
  const decided = decideSafely(described, options.mode, deps);
  const judged = withPolicy(described, decided);
  // What a rule allows, it allows whatever the files hold; a human's consent is to what they hold now.
  const { subject } = described;
  const proposal =
    decided.verdict === 'ask'
      ? await withBindings(deps, { proposal: judged, subject }, options.overlay)
      : judged;
  const proposalHash = deps.hashProposal({
    callId: call.id,
    tool: tool.name,
    args: parsed.args,
    proposal,
  });
  const { parts: _parts, place: _place, ...verdict } = decided;
  return { ok: true, tool, args: parsed.args, proposal, proposalHash, verdict };
}

async function describeSafely(
  tool: Tool,
  args: JsonObject,
  context: DescribeContext,
  deps: PlanDeps,
): Promise<Described> {
  try {
    return await tool.describe(args, context);
  } catch (error) {
    deps.logger.error(`describe of ${tool.name} failed`, error);
    return { ok: false, message: `${tool.name} could not be prepared. Try other arguments.` };
  }
}

/** The decision function is total; should it throw all the same, the call asks. */
function decideSafely(
  described: Extract<Described, { ok: true }>,
  mode: Mode,
  deps: PlanDeps,
): Decided {
  try {
    return decide(described.subject, deps.policy.rules(), { mode });
  } catch (error) {
    deps.logger.error('decide failed', error);
    return { verdict: 'ask', layer: 'built-in', reason: 'the policy check failed', parts: [] };
  }
}

/** Adds what policy knows: whether an edit's file is protected, each simple command's own verdict, and what git is told. */
function withPolicy(
  { proposal, subject }: Extract<Described, { ok: true }>,
  decided: Decided,
): Proposal {
  if (proposal.kind === 'edit' && subject.group === 'edit') {
    const what = protectedAs(subject.paths);
    return what === undefined ? proposal : { ...proposal, protected: what };
  }
  if (proposal.kind !== 'command') return proposal;
  const parts = proposal.parts.map((part, index) => {
    const own = decided.parts[index];
    return own ? { ...part, verdict: own.verdict, reason: own.reason } : part;
  });
  if (subject.group !== 'shell' || !holdsGit(subject.parse, subject.shell)) {
    return { ...proposal, parts };
  }
  const told = gitEnvironment(decided.verdict === 'allow', proposal.shell === 'powershell');
  return { ...proposal, parts, env: { ...proposal.env, ...told } };
}

function plannedRow(
  turnId: string,
  batchId: string,
  at: { call: ToolCall; index: number },
  prepared: Preparation,
): PlannedCall {
  const base = {
    turnId,
    callId: at.call.id,
    batchId,
    index: at.index,
    tool: at.call.name,
    argsText: at.call.argsText,
  };
  if (!prepared.ok) {
    const blank = { proposal: null, proposalHash: null, verdict: null };
    return { ...base, ...blank, state: 'blocked', outcome: 'invalid', result: prepared.message };
  }
  const { proposal, proposalHash, verdict } = prepared;
  if (verdict.verdict === 'deny') {
    const result = deniedText(verdict);
    return {
      ...base,
      proposal,
      proposalHash,
      verdict,
      state: 'blocked',
      outcome: 'denied',
      result,
    };
  }
  return {
    ...base,
    proposal,
    proposalHash,
    verdict,
    state: 'planned',
    outcome: null,
    result: null,
  };
}

/** What the model is told of a call that policy denies; names the rule. */
export function deniedText(verdict: Verdict): string {
  const rule = verdict.rule ? ` by the rule \`${verdict.rule}\`` : '';
  const reason = verdict.reason.replace(/^denied: /, '');
  return `Blocked${rule}: ${reason}. Do not try to get around it; choose another way or ask the user.`;
}

function unknownTool(name: string, tools: readonly Tool[]): string {
  return `There is no tool named ${JSON.stringify(name)}. Available: ${tools.map((tool) => tool.name).join(', ')}.`;
}
