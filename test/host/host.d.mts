// Types of host.mjs for tests written in TypeScript.

export interface HostOptions {
  /** Folder or .code-workspace file to open. */
  readonly workspace: string;
  /** Packaged extension to install instead of loading the repository's. */
  readonly vsix?: string;
  /** Folder of the extension; default: this repository; null: none. It is loaded like an installed one. */
  readonly extension?: string | null;
  /**
   * Load it as one under development. VS Code behaves differently then: another window title, no notification
   * pops up, a crashed extension host stays down.
   */
  readonly development?: boolean;
  /** Module whose `run()` is called in the extension host; implies `development`. */
  readonly tests?: string;
  /** Whether workspace trust is in force; without it every folder is trusted. */
  readonly trust?: boolean;
  /** Folder for all data of this VS Code, so that it survives a stop; default: a temporary one. */
  readonly userDataDir?: string;
  /** User settings, whatever their scope. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Default: a free one. */
  readonly port?: number;
  /** More environment for the server and the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gets what the server prints. */
  readonly log?: (line: string) => void;
}

export interface Host {
  /** The page with the workspace and the extension. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Folder of all data: user/ (User/settings.json, logs), server/, extensions/. */
  readonly data: string;
  /** Folder of VS Code's logs. */
  readonly logs: string;
  /** Resolves when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends the server and starts it on the same data and port. */
  restart(): Promise<void>;
  /** Ends the server and every process it started; a temporary data folder goes too. */
  stop(): Promise<void>;
  /** Process ids of the running extension hosts, one per open page. */
  extensionHostPids(): Promise<number[]>;
  /**
   * Kills every extension host as a crash would; returns the ids. The page starts a new one by itself, except
   * with `development`: reload the page then, or run Developer: Restart Extension Host.
   */
  killExtensionHost(): Promise<number[]>;
  /** Adds user settings; an open page sees them when it is loaded again. */
  setSettings(settings: Readonly<Record<string, unknown>>): void;
}

/** Starts VS Code and waits until it answers. All its processes end with `stop()` or with this process. */
export function startHost(options: HostOptions): Promise<Host>;
