// The hooks of a workspace: which the user acknowledged, what those say of a call, and what is to be looked at.
// Nothing is read before trust, and nothing runs that is not, byte for byte, what was acknowledged.
import { failed, answerOf } from './hookOutput.ts';
import { fold, withoutAllow, type NamedAnswer } from './fold.ts';
import { hidingProblems, knownHooks, type KnownHook } from './hookState.ts';
import { hookInput, type HookedCall, type MovePlace } from './hookInput.ts';
import { loadHooks, type LoadDeps } from './loadHooks.ts';
import { compileMatcher } from './matcher.ts';
import { isEditTwice, matcherNames } from './toolNames.ts';
import { canonicalJson } from '../base/json.ts';
import type { HookAnswer, HookJudgement, LoadedHook, LoadedHooks } from './types.ts';
import type { Acknowledgement, ConsentStore } from '../ports/consentStore.ts';
import type { HookRunner, Hooks } from '../ports/hooks.ts';
import type { Clock, Logger } from '../ports/system.ts';
import type { JsonObject } from '../../protocol/calls.ts';

export interface HooksDeps extends LoadDeps {
  consent: Pick<ConsentStore, 'acknowledgements' | 'acknowledge'>;
  run: HookRunner;
  trusted: () => boolean;
  /** Without what looks like a secret. */
  clean: (text: string) => Promise<string>;
  clock: Clock;
  logger: Logger;
}

const REVIEW = 'look at it with “Countersign: Review Hooks…”';

export function createHooks(deps: HooksDeps): Hooks {
  return {
    judge: async (call, signal) => {
      try {
        return await judge(deps, call, signal);
      } catch (error) {
        deps.logger.error('hooks could not be asked', error);
        return asks('the hooks of the workspace could not be asked');
      }
    },
    review: async () => {
      if (!deps.trusted()) return { hooks: [], problems: [], unsupported: [] };
      const loaded = await loadHooks(deps);
      const { problems, unsupported } = loaded;
      const hooks = knownHooks(loaded, await saidOf(deps)).map(({ hook, state, before }) => {
        const { subject, hash, name, facts } = hook;
        return { subject, hash, name, facts, state, before };
      });
      return { hooks, problems, unsupported };
    },
    answer: async ({ subject, hash, accepted, by }) => {
      if (!deps.trusted()) return 'changed';
      const { hooks } = await loadHooks(deps);
      const hook = hooks.find((one) => one.subject === subject);
      if (hook?.hash !== hash) return 'changed';
      const at = deps.clock.now();
      const { text } = hook;
      await deps.consent.acknowledge({ kind: 'hook', subject, hash, text, accepted, by, at });
      return 'kept';
    },
  };
}

async function saidOf({ consent }: HooksDeps): ReturnType<ConsentStore['acknowledgements']> {
  return (await consent.acknowledgements()).filter(({ kind }) => kind === 'hook');
}

async function judge(
  deps: HooksDeps,
  call: HookedCall,
  signal: AbortSignal,
): Promise<HookJudgement | null> {
  if (!deps.trusted()) return null;
  const said = await saidOf(deps);
  // Nothing that nobody looked at runs: then there is nothing to read either.
  if (!said.some(({ accepted }) => accepted)) return null;
  const loaded = await loadHooks(deps);
  const names = matcherNames(call.tool);
  const known = knownHooks(loaded, said);
  const unknown = unknownSay(loaded, { known, said, names });
  const running = known.flatMap(({ state, hook }) =>
    state === 'accepted' && matches(hook.facts.matcher, names) ? [hook] : [],
  );
  if (unknown === null && running.length === 0) return null;
  const judged = await ask(deps, { call, hooks: running, signal });
  if (unknown === null || judged.decision === 'deny') return judged;
  return { ...judged, decision: 'ask', reason: unknown };
}

/** Why it is not known what an accepted hook would say of the call, or null. */
function unknownSay(
  loaded: LoadedHooks,
  { known, said, names }: { known: KnownHook[]; said: Acknowledgement[]; names: string[] },
): string | null {
  const [hidden] = hidingProblems(loaded, said);
  if (hidden) {
    return `hook ${hidden.name} cannot be read (${hidden.message}); correct it, or ${REVIEW}`;
  }
  const changed = known.find((one) => one.state === 'changed' && concerns(one, names));
  return changed ? `hook ${changed.hook.name} changed since you accepted it; ${REVIEW}` : null;
}

function asks(reason: string): HookJudgement {
  return { decision: 'ask', reason, rewritten: null, context: [] };
}

function matches(matcher: string | null, names: readonly string[]): boolean {
  const compiled = compileMatcher(matcher);
  // The parser lets none through that does not compile.
  return !compiled.ok || names.some((name) => compiled.matches(name));
}

/** What it matches now, or matched when it was accepted; all when that is not known. */
function concerns({ hook, before }: KnownHook, names: readonly string[]): boolean {
  return before === null || matches(hook.facts.matcher, names) || matches(before.matcher, names);
}

interface Asking {
  call: HookedCall;
  hooks: readonly LoadedHook[];
  signal: AbortSignal;
}

interface Answered {
  hook: LoadedHook;
  answer: HookAnswer;
  /** New arguments by our own names. */
  args: JsonObject | null;
}

/**
 * All at once, on the arguments as the model wrote them. Where some rewrite them, the last in order counts, and the others are
 * asked about what came out, which they may only tighten: no guard is passed by what another hook wrote.
 */
async function ask(deps: HooksDeps, asking: Asking): Promise<HookJudgement> {
  const first = await Promise.all(asking.hooks.map((hook) => askOne(deps, hook, asking)));
  const context = first.flatMap(({ hook, answer: { additionalContext } }) =>
    additionalContext === undefined ? [] : [{ by: hook.name, text: additionalContext }],
  );
  const rewriter = first.findLast(({ args }) => args !== null);
  if (!rewriter?.args || first.some(({ answer }) => answer.decision === 'deny')) {
    return { ...fold(first.map(named)), rewritten: null, context };
  }
  const args = rewriter.args;
  const others = first.filter((one) => one !== rewriter);
  const call = { ...asking.call, args };
  const again = await Promise.all(
    others.map(({ hook }) => askOne(deps, hook, { ...asking, call })),
  );
  const settled = again.map(({ hook, answer, args: other }) =>
    other === null || canonicalJson(other) === canonicalJson(args)
      ? { hook, answer }
      : { hook, answer: strictly(answer, `rewrites what hook ${rewriter.hook.name} wrote`) },
  );
  const before = withoutAllow(others.map(named));
  return {
    ...fold([...before, named(rewriter), ...settled.map(named)]),
    ...{ rewritten: { args, by: rewriter.hook.name }, context },
  };
}

function strictly(answer: HookAnswer, what: string): HookAnswer {
  return answer.decision === 'deny' ? answer : failed(what);
}

function named({ hook, answer }: Pick<Answered, 'hook' | 'answer'>): NamedAnswer {
  return { by: hook.name, answer };
}

async function askOne(deps: HooksDeps, hook: LoadedHook, asking: Asking): Promise<Answered> {
  const edits = isEditTwice(asking.call.tool, (name) => matches(hook.facts.matcher, [name]));
  if (!edits) return askAbout(deps, hook, asking);
  const places: MovePlace[] = ['from', 'to'];
  const both = await Promise.all(places.map((about) => askAbout(deps, hook, { ...asking, about })));
  const strictest = (['deny', 'ask', 'none', 'allow'] as const)
    .flatMap((decision) => both.filter(({ answer }) => answer.decision === decision))
    .at(0);
  const rewrites = both.some(({ args }) => args !== null);
  const answer = strictest?.answer ?? failed('did not answer');
  return { hook, answer: rewrites ? strictly(answer, 'rewrites a move') : answer, args: null };
}

async function askAbout(
  deps: HooksDeps,
  hook: LoadedHook,
  { call, signal, about }: Asking & { about?: MovePlace },
): Promise<Answered> {
  try {
    const { files, clock } = deps;
    const input = await hookInput(hook, call, { files, now: clock.now(), about });
    const ran = await deps.run(hook.facts, input.json, signal);
    const answer = await cleaned(deps, answerOf(ran));
    if (!answer.updatedInput) return { hook, answer, args: null };
    const args = input.read(answer.updatedInput);
    if (args === undefined) {
      const twice = failed('names one argument twice');
      return { hook, answer: answer.decision === 'deny' ? answer : twice, args: null };
    }
    const unchanged = canonicalJson(args) === canonicalJson(call.args);
    return { hook, answer, args: unchanged ? null : args };
  } catch (error) {
    deps.logger.error(`hook ${hook.name} failed`, error);
    return { hook, answer: failed('failed'), args: null };
  }
}

/** Words of a hook go to cards, the model and the log; new arguments are shown as they are, like the model's own. */
async function cleaned({ clean }: HooksDeps, answer: HookAnswer): Promise<HookAnswer> {
  const { reason, additionalContext } = answer;
  return {
    ...answer,
    reason: await clean(reason),
    ...(additionalContext !== undefined && { additionalContext: await clean(additionalContext) }),
  };
}
