// A parsed command line, as data: made by a real grammar (tree-sitter, in node), judged by core/policy.

export interface ShellWord {
  raw: string;
  /** The word after quote removal; only meaningful when `literal`. */
  text: string;
  /** No expansion, substitution or escape whose value is known only at run time. */
  literal: boolean;
  /** Holds an unquoted `*`, `?`, `[` or brace expansion. */
  glob: boolean;
}

export interface ShellRedirect {
  operator: string;
  raw: string;
  target: ShellWord | null;
  /** The text of a here-document or here-string. */
  body?: string;
}

export interface SimpleCommand {
  /** The source text of the command, redirections included. */
  raw: string;
  /** argv: the command word and its operands. */
  words: ShellWord[];
  assignments: { name: string; value: ShellWord }[];
  redirects: ShellRedirect[];
  /** True when it stands inside a substitution, function body, script of another shell and the like. */
  nested: boolean;
  /**
   * Folders it may run in, relative to where the line starts: `''` there, others behind a literal `cd`; null when that
   * cannot be told. Absent means `['']`.
   */
  folders?: readonly string[] | null;
  /** Its input is a pipe or a here-document. */
  fed?: boolean;
}

export interface ShellParse {
  /** False when the text does not parse without error, is too long, or holds characters that cannot be shown. */
  ok: boolean;
  /**
   * Two independent readings agree on every word of every command, and the line holds nothing else: only then may any
   * of it be allowed.
   */
  certain: boolean;
  /** Why it is not `ok` or not `certain`: one phrase; null when there is nothing to say. */
  problem: string | null;
  /** False only when the whole text is exactly one simple command. */
  compound: boolean;
  /** Every simple command in the text, at any depth, in order; also when not `ok`, as far as found. */
  commands: SimpleCommand[];
}

export type ShellName = 'bash' | 'sh' | 'zsh' | 'powershell' | 'cmd';

/** Total: never throws; what it cannot parse comes back with `ok: false`. */
export interface ShellParser {
  parse(command: string, shell: ShellName): Promise<ShellParse>;
}
