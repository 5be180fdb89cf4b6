// What the editor asks of policy apart from running turns: what is wrong in a settings file, where a rule stands, and what
// would become of a call. Data only; node/policyDesk.ts does it.
import type { Acknowledged } from './layers.ts';
import type { RuleProblem } from './types.ts';
import type { SettingsLayers } from '../ports/settings.ts';
import type { Mode, VerdictKind } from '../../protocol/calls.ts';

/** A settings file as it stands in an editor. */
export interface SettingsText {
  text: string;
  layer: 'user' | 'workspace';
  /** In a `.code-workspace` the settings are the value of `settings`. */
  nested: boolean;
}

/** Offsets in the file's text, in UTF-16 units. */
export interface TextRange {
  from: number;
  to: number;
}

export interface RuleDiagnostic extends TextRange {
  message: string;
  severity: RuleProblem['severity'];
}

/** A rule by what it says, in one of the three lists. */
export interface RuleName {
  key: string;
  text: string;
}

/** What a call is tested against. */
export interface TestedPolicy {
  settings: SettingsLayers;
  mode: Mode;
  /** Whether the user acknowledged an allow list of the workspace; without it, no. */
  acknowledged?: Acknowledged;
}

export interface TestedCall {
  verdict: VerdictKind;
  /** The whole answer as plain text, every hidden character made visible. */
  report: string;
  /** The rule that decided, if one did. */
  rule: (RuleName & { layer: 'user' | 'workspace' }) | null;
}

/** Nothing here changes anything, opens the state or runs a program. */
export interface PolicyDesk {
  diagnose(file: SettingsText): Promise<RuleDiagnostic[]>;
  /** Where a rule stands in the file, or null when it does not. */
  locate(file: SettingsText, rule: RuleName): TextRange | null;
  /** A command line, or `edit PATH`, `read PATH`, `delete PATH`, `rename FROM -> TO`. */
  test(call: string, policy: TestedPolicy): Promise<TestedCall>;
}

export interface PolicyDeskOptions {
  wasmDir: string;
  /** Absolute paths of the workspace folders. */
  roots: readonly string[];
}
