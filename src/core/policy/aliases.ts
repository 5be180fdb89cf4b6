// Names that mean the same command in PowerShell and cmd, so that a deny of one denies all.
import type { ShellName } from '../ports/shell.ts';

const POWERSHELL = [
  'remove-item ri rm rmdir rd del erase',
  'invoke-expression iex',
  'invoke-webrequest iwr curl wget',
  'invoke-restmethod irm',
  'start-process saps start',
  'copy-item cp copy cpi',
  'move-item mv move mi',
  'rename-item ren rni',
  'set-content sc',
  'add-content ac',
  'clear-content clc',
  'new-item ni mkdir md',
  'get-content gc cat type',
  'get-childitem gci ls dir',
  'set-item si',
  'set-itemproperty sp',
  'remove-itemproperty rp',
  'invoke-command icm',
  'invoke-item ii',
  'set-alias sal',
  'new-alias nal',
  'import-module ipmo',
  'stop-process spps kill',
  'set-location sl cd chdir',
  'set-variable sv set',
  'foreach-object foreach %',
  'where-object where ?',
  'tee-object tee',
  'out-file of',
  'write-output echo write',
  'select-string sls',
  'select-object select',
  'measure-object measure',
  'group-object group',
  'format-table ft',
  'format-list fl',
  'pwsh powershell',
];
const CMD = [
  'del erase',
  'rd rmdir',
  'md mkdir',
  'ren rename',
  'copy xcopy',
  'cd chdir',
  'powershell pwsh',
];

const GROUPS = { powershell: groupsOf(POWERSHELL), cmd: groupsOf(CMD) };

/** The name in lower case, with every other name of the same command. */
export function aliasesOf(name: string, shell: ShellName): readonly string[] {
  const folded = name.toLowerCase();
  if (shell !== 'powershell' && shell !== 'cmd') return [name];
  return GROUPS[shell].get(folded) ?? [folded];
}

function groupsOf(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    lines.flatMap((line) => {
      const names = line.split(' ');
      return names.map((name): [string, string[]] => [name, names]);
    }),
  );
}
