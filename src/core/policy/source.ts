// Where the engine gets policy from: rules as they are now. Asked at each decision, so that a new deny counts at once.
import type { RuleSet } from './types.ts';

export interface Policy {
  rules(): RuleSet;
  /** Resolves once every rule of the settings as they are now is in force or reported. Never rejects. */
  settled?(): Promise<void>;
}
