// The interface of the policy engine: what it is given and what it answers. Pure data.
import type { Mode, RuleLayer, Verdict, VerdictKind } from '../../protocol/calls.ts';
import type { ResolvedPath } from '../ports/workspace.ts';
import type { ShellName, ShellParse } from '../ports/shell.ts';

/** What a call touches, as far as policy cares; made by the tool's `describe`, never by the model. */
export type PolicySubject =
  | { group: 'read'; tool: string; path: ResolvedPath }
  | {
      group: 'edit';
      tool: string;
      op: 'edit' | 'delete' | 'rename';
      paths: readonly ResolvedPath[];
    }
  | {
      group: 'shell';
      tool: string;
      shell: ShellName;
      cwd: ResolvedPath;
      parse: ShellParse;
      /** What `resolveOperands` gives. An operand that is missing here is not allowed by a wildcard. */
      operands?: readonly ResolvedPath[];
    }
  /** Questions to the user and the like: nothing to decide, always a pause. */
  | { group: 'none'; tool: string };

/** One parsed rule and where it stands. */
export interface Rule {
  text: string;
  kind: VerdictKind;
  layer: Extract<RuleLayer, 'built-in' | 'user' | 'workspace'>;
  /** Key and index in the settings array it came from. */
  place: { key: string; index: number };
  match: RuleMatcher;
}

/** A tool name or group, with a compiled pattern when the rule has one. */
export interface RuleMatcher {
  name: string;
  argv: ArgvPattern | null;
  glob: ((path: string) => boolean) | null;
  /** The pattern as written when it holds no wildcard, so that it names one thing; else null. */
  literal: string | null;
}

/** One word of a shell pattern; only `*` is special. */
export interface WordPattern {
  text: string;
  literal: boolean;
  matches(word: string, nocase: boolean): boolean;
}

export interface ArgvPattern {
  words: readonly WordPattern[];
  /** The last word was a bare `*`: any further words, or none. */
  rest: boolean;
}

export interface RuleProblem {
  key: string;
  layer: 'user' | 'workspace';
  index: number;
  text: string;
  message: string;
}

/** All rules in force. While `problems` holds a broken deny or ask (`blocksAllow`), nothing is auto-allowed. */
export interface RuleSet {
  rules: readonly Rule[];
  problems: readonly RuleProblem[];
  blocksAllow: boolean;
}

export interface PolicyContext {
  mode: Mode;
}

export interface Decided extends Verdict {
  /** For a command line: one verdict for each simple command, in the order of the parse. */
  parts: readonly { text: string; verdict: VerdictKind; reason: string }[];
}
