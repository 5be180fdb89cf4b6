// Command lines written from reference/security.md, not from the code: what must never run unasked, what must be denied
// however it is dressed, and ordinary work that must not be asked about. Rules beyond the usual ones stand with the line.
import type { ShellName } from '../../../../../src/core/ports/shell.ts';

export interface Line {
  command: string;
  allow: readonly string[];
  shell: ShellName;
  group: string;
}

export const lines = (
  group: string,
  commands: readonly string[],
  allow: string | string[] = [],
  shell: ShellName = 'bash',
): Line[] => commands.map((command) => ({ command, allow: [allow].flat(), shell, group }));

/** The usual rules: reading, searching, git's reading commands, the project's scripts. */
export const USUAL = {
  allow:
    'npm test|npm run *|git status|git status *|git diff *|git log *|git show *|ls *|cat *|head *|tail *|grep *|rg *|find *|wc *|sort *|uniq *|echo *|printf *|pwd|true|npx tsc --noEmit',
  deny: 'rm *|curl *|sudo *|git push *',
  ask: 'git commit *|npm publish *',
};
