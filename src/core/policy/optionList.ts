// The shape of an option list: what a wildcard in an allow rule covers for one program.

export interface OptionList {
  /** Why these are harmless, or what was left out and why. */
  why: string;
  /** Short options without a value, one letter each; they may be clustered. */
  flags?: string;
  /** Short options that take a value, attached or as the next word. */
  values?: string;
  /** Short options whose value, if there is one, is in the same word. */
  glued?: string;
  /** Long names, blanks between: `name` alone, `name=` with a value, `name?` with one only behind `=`. */
  long?: string;
  /** Of the options with a value, those whose value is a file to be read. */
  pathValues?: string;
  /** What the value of an option may be, as a pattern for the whole of it. */
  only?: Readonly<Record<string, string>>;
  /** `-5` is a count. */
  numeric?: true;
  /** Long names are written with one dash (go, tsc, PowerShell). */
  singleDash?: true;
  /** Names are compared without regard to case. */
  anyCase?: true;
  /** Switches of cmd programs, as a pattern for the whole word. */
  slash?: string;
  /** `-r` and `--recursive` read whole folders. */
  descends?: true;
  /** Every word is text, options too. */
  free?: true;
  /** The rule itself must spell the words the list is named by. */
  named?: true;
  /** What each operand must look like, as a pattern for the whole of it. */
  like?: string;
  /**
   * `path`: files to read. `text`: data. `pattern`: the first operand is a pattern unless an option gave it. `one`: a
   * single file, because a second would be written. `none`: any operand would change something. `sed`, `find`, `jq`,
   * `test`: theirs.
   */
  operands: 'path' | 'text' | 'pattern' | 'one' | 'none' | 'sed' | 'find' | 'jq' | 'test';
  /** Words after `--` are operands too; without it `--` asks. */
  ends?: true;
  /** What each word behind `--` must look like, for a tool that hands them on; with `ends` only what looks like an option. */
  behind?: string;
}

export type OptionLists = Readonly<Record<string, OptionList>>;
