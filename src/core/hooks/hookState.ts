// What the user said of each hook, against the hooks as they are now. Pure.
import { parseJson } from '../base/json.ts';
import { HookFacts, type HookState, type LoadedHook, type LoadedHooks } from './types.ts';
import type { Acknowledgement } from '../ports/consentStore.ts';

type Said = Pick<Acknowledgement, 'subject' | 'hash' | 'text' | 'accepted'>;

export interface KnownHook {
  hook: LoadedHook;
  state: HookState;
  /** What was accepted before it changed. */
  before: HookFacts | null;
}

/** A hook that only moved inside its file is the same one. */
export function knownHooks(loaded: LoadedHooks, said: readonly Said[]): KnownHook[] {
  const here = new Set(loaded.hooks.map(({ hash }) => hash));
  return loaded.hooks.map((hook) => {
    const own = said.find(({ subject }) => subject === hook.subject);
    const same = own?.hash === hook.hash ? own : saidOf(hook, said);
    if (same) return { hook, state: same.accepted ? 'accepted' : 'refused', before: null };
    // What is still here at another place did not turn into this one.
    if (!own?.accepted || here.has(own.hash)) return { hook, state: 'new', before: null };
    return { hook, state: 'changed', before: factsOf(own.text) };
  });
}

/** A refusal weighs more. */
function saidOf({ hash }: LoadedHook, said: readonly Said[]): Said | undefined {
  const same = said.filter((one) => one.hash === hash);
  return same.find(({ accepted }) => !accepted) ?? same[0];
}

/** Problems that hide a hook which the user accepted: what it would say is not known. */
export function hidingProblems(
  loaded: LoadedHooks,
  said: readonly Said[],
): LoadedHooks['problems'] {
  const here = new Set(loaded.hooks.map(({ hash }) => hash));
  const missed = said.filter(({ accepted, hash }) => accepted && !here.has(hash));
  return loaded.problems.filter((problem) =>
    missed.some(({ subject }) => hides(problem.subject, subject)),
  );
}

/** A folder ends with `/` and a file with `#`; one hook is named in full. */
function hides(problem: string, subject: string): boolean {
  return /[/#]$/.test(problem) ? subject.startsWith(problem) : subject === problem;
}

/** Null when it is not what we write; then nothing is known of it. */
function factsOf(text: string): HookFacts | null {
  const parsed = parseJson(text);
  return parsed.ok ? (HookFacts.safeParse(parsed.value).data ?? null) : null;
}
