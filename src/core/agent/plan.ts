// Steps 1 to 3 of a tool call: parse, propose, decide. No side effects but that grants are counted; its rows go into the
// journal as `planned`.
import { decide } from '../policy/decide.ts';
import { protectedAs } from '../policy/decidePath.ts';
import { holdsGit } from '../policy/gitGuard.ts';
import { suspendUnseen } from '../policy/unseen.ts';
import { gitEnvironment } from '../../protocol/gitEnvironment.ts';
import { findTool, modelTools, parseToolArgs } from '../tools/registry.ts';
import { withBindings } from './bindings.ts';
import { hearHooks, withTold, type HookedTurn } from './hooked.ts';
import { layOver } from './layOver.ts';
import { offerFor, withGrants } from './granted.ts';
import { unasked } from './unasked.ts';
import { unseenFiles } from './unseen.ts';
import { withHook, type HookSay } from '../hooks/withHook.ts';
import type { EngineDeps } from './deps.ts';
import type { AssistantMessage, ToolCall } from './message.ts';
import type { Decided, RuleSet } from '../policy/types.ts';
import type { RememberOffer } from '../../protocol/consent.ts';
import type { JsonObject, Mode, Proposal, Verdict } from '../../protocol/calls.ts';
import type { HookTrace } from '../hooks/trace.ts';
import type { PlannedCall } from '../ports/store.ts';
import type { Described, DescribeContext, Tool } from '../tools/tool.ts';

type PlanDeps = Pick<
  EngineDeps,
  | 'files'
  | 'git'
  | 'shells'
  | 'commands'
  | 'shellParser'
  | 'texts'
  | 'tools'
  | 'policy'
  | 'hashProposal'
  | 'logger'
  | 'store'
  | 'clock'
>;

/** A call that can be done: its tool, arguments, proposal and verdict. */
export interface Prepared {
  ok: true;
  tool: Tool;
  args: JsonObject;
  proposal: Proposal;
  proposalHash: string;
  verdict: Verdict;
  /** What remembering it would allow, for a call that asks. */
  remember?: RememberOffer;
}

type Preparation = Prepared | { ok: false; message: string; nothing?: true };

/**
 * Plans a batch in call order; edits of one file see what the earlier calls of the batch would leave. Where nobody can be asked,
 * a call that would ask is denied. `byHost`: no model made the batch. `askedBefore`: calls that a human was shown.
 */
export async function planBatch(
  given: PlanDeps & Pick<EngineDeps, 'canPause' | 'hooks'>,
  turn: HookedTurn & { id: string; byHost?: boolean; askedBefore?: ReadonlySet<string> },
  batch: AssistantMessage,
): Promise<PlannedCall[]> {
  const deps = turn.byHost === true ? given : { ...given, tools: modelTools(given.tools) };
  const overlay = new Map<string, string | null>();
  const rows: PlannedCall[] = [];
  for (const [index, asked] of batch.toolCalls.entries()) {
    const { call, say, trace } = await hearHooks(deps, turn, asked);
    const prepared = await prepareCall(deps, call, {
      mode: turn.mode,
      overlay,
      earlier: rows,
      turn: { turnId: turn.id, threadId: turn.threadId },
      askedBefore: turn.askedBefore?.has(call.id) === true,
      ...(say && { say }),
    });
    const planned = plannedRow(turn.id, batch.id, { call, index }, prepared);
    const row = withTrace(deps.canPause() ? planned : withoutAsking(planned), trace);
    if (row.verdict?.verdict !== 'deny') await layOver(deps, overlay, row.proposal);
    rows.push(row);
  }
  return rows;
}

/** What hooks have for the model comes with the result, at once where that is there already. */
function withTrace(row: PlannedCall, hook: HookTrace | undefined): PlannedCall {
  if (!hook) return row;
  return row.result === null ? { ...row, hook } : { ...row, result: withTold(row.result, hook) };
}

function withoutAsking(row: PlannedCall): PlannedCall {
  if (row.verdict?.verdict !== 'ask') return row;
  const { verdict, text: result } = unasked(row.verdict, row.proposal);
  return { ...row, verdict, state: 'blocked', outcome: 'denied', result };
}

interface PrepareOptions {
  mode: Mode;
  overlay: ReadonlyMap<string, string | null>;
  /** Calls of its batch that come before it. */
  earlier?: readonly PlannedCall[];
  say?: HookSay;
  /** Where the call stands: then what was remembered counts for it, and is counted. */
  turn?: { turnId: string; threadId: string } | undefined;
  /** A human was shown it: a rule that was loosened meanwhile does not approve it. */
  askedBefore?: boolean;
}

/** One call from its raw form to its verdict. Never throws: a failure is a message for the model. */
export async function prepareCall(
  deps: PlanDeps,
  call: ToolCall,
  options: PrepareOptions,
): Promise<Preparation> {
  const tool = findTool(deps.tools, call.name);
  if (!tool) return { ok: false, message: unknownTool(call.name, deps.tools) };
  const parsed = parseToolArgs(tool, call.argsText);
  if (!parsed.ok) return parsed;
  const unseen = tool.group === 'shell' ? await unseenFiles(deps, options.earlier) : [];
  const context: DescribeContext = { ...deps, overlay: options.overlay, unseen, undo: deps.store };
  const described = await describeSafely(tool, parsed.args, context, deps);
  if (!described.ok) return described;
  await deps.policy.settled?.();
  const judge = tool.hostOnly === true ? judgedForHost : judged;
  const { decided, remember } = await judge(deps, call.id, described, options);
  const checked = withPolicy(described, decided);
  // What a rule allows, it allows whatever the files hold; a human's consent is to what they hold now.
  const { subject } = described;
  const proposal =
    decided.verdict === 'ask'
      ? await withBindings(deps, { proposal: checked, subject }, options.overlay)
      : checked;
  const proposalHash = deps.hashProposal({
    callId: call.id,
    tool: tool.name,
    args: parsed.args,
    proposal,
  });
  const { parts: _parts, place: _place, ...verdict } = decided;
  const prepared = { tool, args: parsed.args, proposal, proposalHash, verdict };
  return { ok: true, ...prepared, ...(remember && { remember }) };
}

/** The verdict, with what was remembered and what may be. */
async function judged(
  deps: PlanDeps,
  callId: string,
  described: Extract<Described, { ok: true }>,
  { turn, ...options }: PrepareOptions,
): Promise<{ decided: Decided; remember?: RememberOffer | undefined }> {
  const { subject } = described;
  const rules = rulesSafely(deps);
  if (!rules) return { decided: CHECK_FAILED };
  const judge = (inForce: RuleSet): Decided =>
    decideSafely(described, { ...options, rules: inForce }, deps);
  const unremembered = judge(rules);
  if (!turn) return { decided: unremembered };
  const asking = { subject, rules, judge };
  const decided = options.askedBefore
    ? stillAsking(unremembered)
    : await withGrants(deps, { ...turn, callId }, unremembered, asking);
  // A hook asks whatever is remembered.
  if (decided.verdict !== 'ask' || decided.layer === 'hook') return { decided };
  return { decided, remember: await offerFor(deps, turn.threadId, asking, options) };
}

function stillAsking(decided: Decided): Decided {
  if (decided.verdict !== 'allow') return decided;
  return { ...decided, verdict: 'ask', reason: 'it was asked before' };
}

/** What the host does for the human is asked or denied: nothing that was said beforehand allows it, and nothing is remembered. */
async function judgedForHost(
  deps: PlanDeps,
  callId: string,
  described: Extract<Described, { ok: true }>,
  { turn: _nothingRemembered, ...options }: PrepareOptions,
): Promise<{ decided: Decided; remember?: undefined }> {
  const { subject } = described;
  const writes = subject.group === 'edit' && subject.op === 'edit';
  // A rule about either tool is about what they do.
  const subjects = writes ? [subject, { ...subject, tool: 'edit_file' }] : [subject];
  const all = await Promise.all(
    subjects.map((each) => judged(deps, callId, { ...described, subject: each }, options)),
  );
  const verdicts = all.map(({ decided }) => decided);
  const held = ['deny', 'ask'].flatMap((kind) =>
    verdicts.filter(({ verdict }) => verdict === kind),
  );
  return { decided: held[0] ?? ALWAYS_ASKED };
}

const ALWAYS_ASKED: Decided = {
  ...{ verdict: 'ask', layer: 'built-in', reason: 'an undo is always asked', parts: [] },
};

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
  { mode, say, rules }: { mode: Mode; say?: HookSay; rules: RuleSet },
  deps: PlanDeps,
): Decided {
  try {
    const { subject } = described;
    const decided = decide(subject, rules, { mode });
    if (!say) return decided;
    const hooked = withHook(decided, say, { subject, rules });
    // Mode bypass allows by itself: what a hook allows, it does not.
    const asking = mode === 'bypass' ? 'default' : mode;
    return hooked.layer === 'hook' ? suspendUnseen(hooked, subject, asking) : hooked;
  } catch (error) {
    deps.logger.error('decide failed', error);
    return CHECK_FAILED;
  }
}

function rulesSafely({ policy, logger }: PlanDeps): RuleSet | undefined {
  try {
    return policy.rules();
  } catch (error) {
    logger.error('decide failed', error);
    return undefined;
  }
}

const CHECK_FAILED: Decided = {
  ...{ verdict: 'ask', layer: 'built-in', reason: 'the policy check failed', parts: [] },
};

/** Adds what policy knows: whether a file is protected, each simple command's own verdict, and what git is told. */
function withPolicy(
  { proposal, subject }: Extract<Described, { ok: true }>,
  decided: Decided,
): Proposal {
  if ((proposal.kind === 'edit' || proposal.kind === 'move') && subject.group === 'edit') {
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
  const { proposal, proposalHash, verdict, remember } = prepared;
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
    ...{ proposal, proposalHash, verdict, ...(remember && { remember }) },
    ...{ state: 'planned', outcome: null, result: null },
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
