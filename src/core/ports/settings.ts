// Settings as raw values per scope; core/settings.ts parses them.

/** Raw values of `countersign.*`, by full key. */
export interface SettingsLayers {
  user: Readonly<Record<string, unknown>>;
  workspace: Readonly<Record<string, unknown>>;
  /** Whether the user trusts the workspace. */
  trusted: boolean;
  /** The user gave them for this one run: mode bypass ends with it, and needs no end of its own. */
  oneRun?: boolean;
}

export interface Settings {
  read(): SettingsLayers;
  onChange(listener: () => void): { dispose(): void };
}

/** Secrets by name; never stored, logged or passed on except into the request that needs them. */
export interface Secrets {
  get(name: string): Promise<string | undefined>;
  /** Not there where nothing can be kept. */
  store?: (name: string, value: string) => Promise<void>;
}
