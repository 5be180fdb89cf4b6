// What the tools need of the workspace: reading, searching, and the effects that only the executor may use.

/** A path as asked for and as it really is. Relative forms are root-relative with `/`, null when outside every root. */
export interface ResolvedPath {
  input: string;
  /** Absolute, `.` and `..` removed, links not followed. */
  lexical: string;
  /** Absolute, links followed up to the deepest existing ancestor. */
  real: string;
  relLexical: string | null;
  relReal: string | null;
  exists: boolean;
  isDirectory: boolean;
  /** Exists and is neither a file nor a directory (FIFO, socket, device), or cannot be resolved (link loop). */
  special?: boolean;
  /** Number of hard links of an existing file, else 1. */
  links: number;
  /** Of a file with several hard links: the same for all of its names, and for no other file. */
  id?: string;
  /** A file that may be run as a program. */
  executable?: true;
}

export type ReadOutcome =
  /** `text` has no byte order mark; `hash` is sha-256 hex of `text` as UTF-8. `dirty` means unsaved in the editor. */
  | { kind: 'text'; text: string; hash: string; encoding: 'utf8' | 'utf8bom'; dirty: boolean }
  | { kind: 'missing' }
  | { kind: 'directory' }
  | { kind: 'binary'; size: number }
  | { kind: 'notUtf8'; size: number }
  | { kind: 'tooLarge'; size: number; limit: number }
  | { kind: 'failed'; message: string };

export type BytesRead =
  { kind: 'bytes'; base64: string; size: number } | Exclude<ReadOutcome, { kind: 'text' }>;

export interface DirectoryEntry {
  /** Relative to the listed folder, `/`-separated. */
  path: string;
  kind: 'file' | 'directory' | 'link' | 'other';
  size: number;
}

export interface TextMatch {
  /** A path that `resolve` leads back to: relative to the first root, `/`-separated, or absolute. */
  path: string;
  /** 1-based. */
  line: number;
  text: string;
}

export interface SearchQuery {
  pattern: string;
  isRegex: boolean;
  caseSensitive: boolean;
  glob: string | null;
  maxResults: number;
}

/** What a file is at this moment, byte by byte. */
export type Fingerprint =
  /** `hash` is sha-256 hex of the bytes; `lines` is null for what is no text. */
  | { kind: 'file'; hash: string; size: number; lines: number | null }
  | { kind: 'missing' }
  /** Something is there that has no fingerprint: a folder, too large, not to be read. `why` reads after “it”. */
  | { kind: 'none'; why: string };

/** Reading side. Nothing here changes anything. Failures are outcomes; a throw is a bug, except AbortError. */
export interface Files {
  /** Absolute real paths of the workspace roots; may be empty (no folder open). */
  readonly roots: readonly string[];
  resolve(path: string): Promise<ResolvedPath>;
  /** Content as the user sees it: an unsaved editor buffer wins over the disk. */
  read(realPath: string): Promise<ReadOutcome>;
  /** The bytes of the file on disk. */
  readBytes(realPath: string, limit: number): Promise<BytesRead>;
  /** As a program would find it: the disk counts, not the editor. Of at most 5 MB. */
  fingerprint(realPath: string): Promise<Fingerprint>;
  list(
    realPath: string,
    depth: number,
  ): Promise<{ entries: DirectoryEntry[]; truncated: boolean } | { error: string }>;
  /** Paths as in `TextMatch`; a glob without `/` is matched against the file name. */
  find(
    realPath: string,
    glob: string,
    options: { limit: number; signal: AbortSignal },
  ): Promise<{ paths: string[]; truncated: boolean } | { error: string }>;
  search(
    realPath: string,
    query: SearchQuery,
    signal: AbortSignal,
  ): Promise<{ matches: TextMatch[]; truncated: boolean } | { error: string }>;
}

/** One write, as approved. The adapter refuses (`stale`) when the content is no longer the base. */
export interface FileChange {
  realPath: string;
  /** Hash of the content that was shown, null when there must be no file. */
  baseHash: string | null;
  /** Whole new text, null to delete. */
  newText: string | null;
  encoding: 'utf8' | 'utf8bom';
  /** Of a new file: it may be run as a program. */
  executable?: boolean | undefined;
}

/** One file that gets another name. The adapter refuses (`stale`) when its content is not the base, or the name is taken. */
export interface FileMove {
  realPath: string;
  toReal: string;
  baseHash: string;
}

export type WriteOutcome =
  | { kind: 'written' }
  | { kind: 'stale'; message: string }
  | { kind: 'failed'; message: string }
  /** Something was written, but it is not, or not for certain, what was approved. */
  | { kind: 'differs'; message: string };

export interface CommandSpec {
  command: string;
  shell: 'bash' | 'powershell';
  shellPath: string;
  cwd: string;
  /** Added to the allow-listed environment. */
  env: Record<string, string>;
  /** Null: it runs until it ends or is stopped. */
  timeoutMs: number | null;
  /** Its output is handed on for as long as it comes, and none of it is kept for the outcome. */
  endless?: true;
  /** What it reads on its standard input; nothing when it is not said. */
  stdin?: string;
}

export interface CommandOutcome {
  exitCode: number | null;
  /** Name of the signal that ended it, if one did. */
  signal: string | null;
  timedOut: boolean;
  cancelled: boolean;
  /** Set when it could not be started at all. */
  startError: string | null;
  /** stdout and stderr as they came, head and tail kept, with a line that says how much is left out. */
  output: string;
  /** The whole output when `output` is shortened, else null. */
  fullOutput: string | null;
  durationMs: number;
}

/** The only things that change the world. Handed out by the executor, to a call that may run, once. */
export interface Effects {
  writeFile(change: FileChange): Promise<WriteOutcome>;
  /** Never replaces a file. Cut off in the middle, both names are there, for one file; the same move again ends it. */
  moveFile(move: FileMove): Promise<WriteOutcome>;
  /**
   * `onStart` is told which process it is (for `Leftovers`) and awaited before the command begins; when it throws, the command
   * does not run. Where a shell cannot be held back (Windows) it has begun, and is ended.
   */
  runCommand(
    spec: CommandSpec,
    onOutput: (chunk: string, stream: 'stdout' | 'stderr') => void,
    signal: AbortSignal,
    onStart?: (process: string) => Promise<void>,
  ): Promise<CommandOutcome>;
}

/**
 * Ends what is left of a command whose host process is gone, if it is certain that it is that command's: a process id alone may
 * be somebody else's by now. `gone`: nothing is left; `ended`: it was, and was told to end; `unknown`: it cannot be told.
 */
export type Leftovers = (process: string) => 'gone' | 'ended' | 'unknown';

/** Shell and program lookup, without running anything. */
export interface Shells {
  /** The fixed shell of this platform, or why there is none. */
  defaultShell(): { shell: 'bash' | 'powershell'; path: string } | { error: string };
  /** Absolute path of a program as PATH finds it outside the workspace, or undefined. */
  which(program: string): string | undefined;
}

/** Text open in an editor, where there is one. Absent on the command line. */
export interface EditorBuffers {
  /** The buffer's text when the file is open with unsaved changes. */
  dirtyText(realPath: string): string | undefined;
  /**
   * Replaces the whole text through the editor (undoable) and saves; false when it could not. Save actions of the editor
   * may change the text on its way to the disk.
   */
  replaceText(realPath: string, text: string): Promise<boolean>;
}
