// What the core needs to run hooks, and what the agent sees of them.
import type { HookRun } from '../hooks/hookOutput.ts';
import type { HookedCall } from '../hooks/hookInput.ts';
import type { HookFacts, HookJudgement, HookState } from '../hooks/types.ts';

/** Runs one acknowledged hook and follows it to its end. Never rejects. `input` goes to its standard input. */
export type HookRunner = (
  hook: HookFacts,
  input: string,
  signal: AbortSignal,
) => Promise<HookRun & { cancelled: boolean }>;

export interface Hooks {
  /**
   * What the hooks say of a call whose arguments fit its tool. Null when no hook has a say. Never rejects: what fails asks.
   * After an abort the answer means nothing.
   */
  judge(call: HookedCall, signal: AbortSignal): Promise<HookJudgement | null>;
  /** All hooks as they are now, and what was said of them. Empty before trust. */
  review(): Promise<HookReview>;
  /**
   * Keeps what the user said of exactly this hook. `changed` when it is not any more what `hash` names: nothing is kept then.
   */
  answer(said: {
    subject: string;
    hash: string;
    accepted: boolean;
    by: string;
  }): Promise<'kept' | 'changed'>;
}

export interface ReviewedHook {
  subject: string;
  hash: string;
  /** File and place. */
  name: string;
  facts: HookFacts;
  state: HookState;
  /** What was accepted, when that changed. */
  before: HookFacts | null;
}

export interface HookReview {
  hooks: ReviewedHook[];
  problems: { name: string; message: string }[];
  unsupported: { name: string; count: number }[];
}
