// Which documents are settings files of VS Code, by their place. No vscode import: plain values in, plain values out.

export interface SettingsFile {
  layer: 'user' | 'workspace';
  /** In a `.code-workspace` the settings are the value of `settings`. */
  nested: boolean;
}

/** Not `git:` and the like, which show a file as it was. */
const SCHEMES: ReadonlySet<string> = new Set(['file', 'vscode-userdata', 'vscode-remote']);

export function settingsFileOf(uri: { scheme: string; path: string }): SettingsFile | null {
  if (!SCHEMES.has(uri.scheme)) return null;
  if (uri.path.endsWith('.code-workspace')) return { layer: 'workspace', nested: true };
  if (uri.path.endsWith('/.vscode/settings.json')) return { layer: 'workspace', nested: false };
  const own = /\/(?:User|Machine)\/(?:profiles\/[^/]+\/)?settings\.json$/.test(uri.path);
  return own ? { layer: 'user', nested: false } : null;
}
