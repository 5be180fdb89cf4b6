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
}

export interface SimpleCommand {
  /** The source text of the command, redirections included. */
  raw: string;
  /** argv: the command word and its operands. */
  words: ShellWord[];
  assignments: { name: string; value: ShellWord }[];
  redirects: ShellRedirect[];
  /** True when it stands inside a substitution, function body, loop and the like. */
  nested: boolean;
}

export interface ShellParse {
  /** False when the text does not parse without error, is too long, or holds characters that cannot be shown. */
  ok: boolean;
  /** Why it is not `ok`, or why it is dynamic: one phrase; null when there is nothing to say. */
  problem: string | null;
  /** False only when the whole text is exactly one simple command. */
  compound: boolean;
  /** Every simple command in the text, at any depth; also when not `ok`, as far as found. */
  commands: SimpleCommand[];
}

export type ShellName = 'bash' | 'sh' | 'zsh' | 'powershell' | 'cmd';

/** Total: never throws; what it cannot parse comes back with `ok: false`. */
export interface ShellParser {
  parse(command: string, shell: ShellName): Promise<ShellParse>;
}
