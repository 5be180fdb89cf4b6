// The interface of the policy engine: what it is given and what it answers. Pure data.
import type { Mode, RuleLayer, UnseenFile, Verdict, VerdictKind } from '../../protocol/calls.ts';
import type { GitFacts } from '../ports/git.ts';
import type { GlobNames } from './globNames.ts';
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
      /** What the globs of the line stand for; one that is missing here is not allowed. */
      globs?: readonly GlobNames[];
      /** What the repository tells git, for a line that runs it. Where it is missing such a line is not allowed. */
      git?: GitFacts;
      /** What edits that nobody was asked about left, as far as the user has not looked since. */
      unseen?: readonly UnseenFile[];
    }
  /** A call that is known by one text alone: a URL, `server/tool`, the name of an agent or a skill. */
  | { group: 'fetch' | 'mcp' | 'task' | 'skill'; tool: string; target: string }
  /** What concerns only a command that the agent of the same thread runs in the background. */
  | { group: 'running'; tool: string; op: 'read' | 'stop' }
  /** Questions to the user and the like: nothing to decide, always a pause. */
  | { group: 'none'; tool: string };

/** One parsed rule and where it stands. */
export interface Rule {
  text: string;
  kind: VerdictKind;
  layer: Extract<RuleLayer, 'built-in' | 'user' | 'workspace' | 'grant'>;
  /** Of a grant: how far and until when it was remembered, for the why line. */
  said?: string;
  /** Key and index in the settings array it came from. */
  place: RulePlace;
  match: RuleMatcher;
  /** Calls that its author expects it to cover, or not to. */
  samples?: readonly RuleSample[];
}

export interface RulePlace {
  key: string;
  index: number;
}

/** One entry of `match` (`hits`) or `notMatch`. */
export interface RuleSample {
  text: string;
  hits: boolean;
  /** Where it stands, below the list: `[2, 'match', 0]`. */
  at: readonly (string | number)[];
}

/** A tool name or group, with a compiled pattern when the rule has one. */
export interface RuleMatcher {
  name: string;
  argv: ArgvPattern | null;
  glob: ((text: string) => boolean) | null;
  /** For a path pattern: true when it may cover something inside this folder, which it names. */
  reaches?: (folder: string) => boolean;
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
  /** Of the entry in its list; -1 when the list itself is wrong. */
  index: number;
  text: string;
  message: string;
  /** An error keeps the rule, if it would allow, from counting; the others change nothing. */
  severity: 'error' | 'warning' | 'information';
  /** The value that is wrong, as a path below the list: `[2, 'match', 0]`. */
  at: readonly (string | number)[];
  /** The part of that value that is wrong, in UTF-16 units of the string; null means all of it. */
  span: { from: number; to: number } | null;
}

/** All rules in force, and what stands above them. While `problems` holds a broken deny or ask (`blocksAllow`), nothing is auto-allowed. */
export interface RuleSet {
  rules: readonly Rule[];
  problems: readonly RuleProblem[];
  blocksAllow: boolean;
  /** Rules whose samples are command lines, which only a shell parser can check; until then they allow nothing. */
  unchecked?: readonly Rule[];
  /** Allow rules of the workspace that the user has not acknowledged: they allow nothing, and are named where they would. */
  pending?: readonly Rule[];
  /** When the next rule expires, in ms since the epoch: the set must then be made anew. */
  validUntil?: number;
  /** The user switched approvals off: what would ask is allowed. A deny holds, and a question waits all the same. */
  approvalsOff?: boolean;
  /** Mode bypass is over, or was never the user's: mode default holds in its place. */
  noBypass?: boolean;
}

export interface PolicyContext {
  mode: Mode;
}

export interface Decided extends Verdict {
  /** Where the rule that decided stands, when one did. */
  place?: RulePlace;
  /** For a command line: one verdict for each simple command, in the order of the parse. */
  parts: readonly { text: string; verdict: VerdictKind; reason: string }[];
}
