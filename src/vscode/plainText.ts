// Text that a model, a repository or a path wrote, for surfaces of VS Code that read a markup of their own. Pure.
import { displayBytes } from '../protocol/displayBytes.ts';

/** For notifications and dialogs, which read `[label](command:…)`: the bracket is taken apart, so that nothing is a link. */
export function plain(text: string, multiline = false): string {
  return displayBytes(text, multiline).replaceAll('](', '] (');
}

/** For quick picks, which put a picture in place of `$(name)`: it stays text, every character of it. */
export function plainPick(text: string): string {
  return displayBytes(text).replaceAll('$(', '\\$(');
}
