// Reads a tree of the PowerShell grammar, which is far from complete: good for finding commands, and trusted for an
// allow only where a strict second reading of the line agrees.
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

const WORD = /[A-Za-z0-9_.\\/:+%^=-]+|'[^'`$“”„‘’‚‛]*'|"[^"`$“”„‘’‚‛]*"/y;
const FREE_REDIRECT = /(?:[1-6*]?>>?[ \t]*\$null|[2-6*]>&1)(?=[ \t]|$)/iy;

/** One plain command line: bare words, simple quotes, output to `$null`; or null when it is anything more. */
export function readPlainPowershell(text: string): SimpleCommand | null {
  const line = text.replace(/^[ \t\n]+|[ \t\n]+$/g, '');
  const words: ShellWord[] = [];
  const redirects: SimpleCommand['redirects'] = [];
  let at = 0;
  while (at < line.length) {
    const redirect = takeAt(FREE_REDIRECT, line, at);
    if (redirect !== null) {
      redirects.push({ operator: '>', raw: redirect, target: null });
      at += redirect.length;
    } else {
      const raw = takeWord(line, at);
      if (raw === null) return null;
      const text = raw.replace(/['"]/g, '');
      words.push({ raw, text, literal: true, glob: false });
      at += raw.length;
    }
    const blank = /[ \t]*/y;
    const gap = takeAt(blank, line, at) ?? '';
    if (gap === '' && at < line.length) return null;
    at += gap.length;
  }
  // A quoted first word is an expression, not a command; `--%` switches the parser off.
  const first = words[0]?.raw ?? '';
  if (!/^[A-Za-z][\w.-]*$/.test(first) || words.some((word) => word.text.startsWith('--%')))
    return null;
  return { raw: line, words, assignments: [], redirects, nested: false };
}

function takeWord(line: string, from: number): string | null {
  let at = from;
  for (let piece = takeAt(WORD, line, at); piece !== null; piece = takeAt(WORD, line, at)) {
    at += piece.length;
  }
  return at === from ? null : line.slice(from, at);
}

function takeAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}
