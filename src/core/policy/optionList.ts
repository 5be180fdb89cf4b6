// The shape of an option list: what a wildcard in an allow rule covers for one program.

export interface OptionList {
  /** Why these are harmless, or what was left out and why. */
  why: string;
  /** Short options without a value, one letter each; they may be clustered. */
  flags?: string;
  /** Short options that take a value, attached or as the next word. */
  values?: string;
  long?: string;
  /** Of the options with a value, those whose value is a file to be read. */
  pathValues?: string;
  /** `-5` is a count. */
  numeric?: true;
  /** Long names are written with one dash (go, tsc, PowerShell). */
  singleDash?: true;
  /**
   * `path`: files to read. `text`: data. `pattern`: the first operand is a pattern unless an option gave it. `one`: a
   * single file, because a second would be written. `none`: any operand would change something. `sed`, `find`: theirs.
   */
  operands: 'path' | 'text' | 'pattern' | 'one' | 'none' | 'sed' | 'find';
  /** Words after `--` are operands too; without it `--` asks. */
  ends?: true;
}

export type OptionLists = Readonly<Record<string, OptionList>>;
