// Reads a tree of the PowerShell grammar, which is far from complete: good for finding commands, and trusted for an
// allow only where the strict reading (powershellReader.ts) agrees.
import type { ShellWord, SimpleCommand } from '../../core/ports/shell.ts';
import type { TreeReading } from './bashTree.ts';
import type { TreeNode } from './treeSitter.ts';

export function readPowershellTree(root: TreeNode, limit: number): TreeReading {
  const commands: SimpleCommand[] = [];
  const open: TreeNode[] = [root];
  let tooMany = false;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'command') {
      tooMany = commands.length >= limit;
      if (tooMany) break;
      commands.push(commandOf(node));
    }
    for (const child of [...node.children].reverse()) {
      if (child?.isNamed === true) open.push(child);
    }
  }
  return { commands, single: commands.length === 1, tooMany, joined: false };
}

function commandOf(node: TreeNode): SimpleCommand {
  const words: ShellWord[] = [];
  for (const child of node.children) {
    if (child === null || child.type === 'command_invokation_operator') continue;
    if (child.type !== 'command_elements') {
      words.push(powershellWord(child.text));
      continue;
    }
    for (const element of child.children) {
      if (element?.isNamed !== true) continue;
      if (element.type !== 'command_argument_sep' && element.type !== 'redirection') {
        words.push(powershellWord(element.text));
      }
    }
  }
  return { raw: node.text, words, assignments: [], redirects: [], nested: true };
}

function powershellWord(raw: string): ShellWord {
  const straight = raw.replace(/[“”„]/g, '"').replace(/[‘’‚‛]/g, "'");
  const text = straight
    .replace(/^(['"])([^]*)\1$/, '$2')
    .replace(/`(.)/g, '$1')
    .replace(/''/g, "'");
  return { raw, text, literal: false, glob: false };
}
