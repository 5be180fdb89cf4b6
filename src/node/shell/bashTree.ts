// Reads a tree of the bash grammar: every simple command at any depth, and whether the whole is exactly one of them.
import type { ShellRedirect, ShellWord, SimpleCommand } from '../../core/ports/shell.ts';
import { unquoteBash } from './bashWords.ts';
import type { TreeNode } from './treeSitter.ts';

export interface TreeReading {
  commands: SimpleCommand[];
  /** The tree is one simple command and nothing else. */
  single: boolean;
  tooMany: boolean;
  /** The grammar joined what the shell separates: a line break stands in or between the words of one command. */
  joined: boolean;
}

const COMMANDS = new Set(['command', 'declaration_command', 'unset_command', 'test_command']);
const REDIRECTS = new Set(['file_redirect', 'heredoc_redirect', 'herestring_redirect']);
/** Parts of these run one after the other, in the same shell. */
const FLAT = new Set(['program', 'redirected_statement', 'list', 'pipeline']);
const DUPLICATES = /^[0-9]*[<>]&$/;

/** Walks the tree without recursion; stops taking commands beyond `limit`. */
export function readBashTree(root: TreeNode, limit: number): TreeReading {
  const commands: SimpleCommand[] = [];
  const open: { node: TreeNode; nested: boolean; redirects: readonly TreeNode[] }[] = [
    { node: root, nested: false, redirects: [] },
  ];
  let tooMany = false;
  let joined = false;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, nested } = next;
    if (COMMANDS.has(node.type)) {
      tooMany = commands.length >= limit;
      if (tooMany) break;
      commands.push(commandOf(node, next.redirects, nested));
      joined ||= joinsLines(node);
    }
    joined ||= node.type === 'word' && holdsSeparator(node.text);
    const children = childrenOf(node);
    const inside = nested || !FLAT.has(node.type);
    // A group's redirections hold for every command in it.
    const around = COMMANDS.has(node.type) ? [] : next.redirects;
    const outer = [
      ...around,
      ...(node.type === 'redirected_statement' ? children.filter(isRedirect) : []),
    ];
    for (const child of children.reverse()) {
      if (child.isNamed) open.push({ node: child, nested: inside, redirects: outer });
    }
  }
  return { commands, single: isSingle(root) && commands.length === 1, tooMany, joined };
}

/** The grammar takes a line break before a backslash as part of the word. */
function holdsSeparator(word: string): boolean {
  return /[\s;&|()<>]/.test(word.replace(/\\[^]/g, ''));
}

function joinsLines(node: TreeNode): boolean {
  const children = childrenOf(node);
  return children.some((child, i) => {
    const next = children[i + 1];
    if (next === undefined) return false;
    const gap = node.text.slice(
      child.endIndex - node.startIndex,
      next.startIndex - node.startIndex,
    );
    return gap.replace(/\\\n/g, '').includes('\n');
  });
}

function isSingle(root: TreeNode): boolean {
  const statements = childrenOf(root).filter(
    (child) => child.type !== 'comment' && child.type !== '\n',
  );
  const [only, ...more] = statements;
  if (only === undefined || more.length > 0) return false;
  if (only.type === 'command') return true;
  if (only.type !== 'redirected_statement') return false;
  return childrenOf(only).every((child) => child.type === 'command' || isRedirect(child));
}

function commandOf(node: TreeNode, outer: readonly TreeNode[], nested: boolean): SimpleCommand {
  const words: ShellWord[] = [];
  const assignments: SimpleCommand['assignments'] = [];
  const redirects: ShellRedirect[] = [];
  const isCommand = node.type === 'command';
  for (const run of touching(childrenOf(node))) {
    const [child] = run;
    if (child === undefined) continue;
    const text = run.map((one) => one.text).join('');
    if (isRedirect(child)) takeRedirect(child, redirects, words);
    else if (isCommand && child.type === 'variable_assignment')
      assignments.push(assignmentOf(text));
    else if (node.type === 'test_command' && !isBracket(child)) words.push(...leafWords(child));
    else words.push(unquoteBash(text));
  }
  for (const redirect of outer) takeRedirect(redirect, redirects, words);
  const raw = [node.text, ...outer.map((redirect) => redirect.text)].join(' ');
  return { raw, words, assignments, redirects, nested };
}

function isBracket(node: TreeNode): boolean {
  return node.type === '[' || node.type === ']' || node.type === '[[' || node.type === ']]';
}

/** `-f x` inside brackets is one expression node; the operands are its leaves. */
function leafWords(node: TreeNode): ShellWord[] {
  if (/_expression$/.test(node.type)) return childrenOf(node).flatMap(leafWords);
  return [unquoteBash(node.text)];
}

/** The grammar counts words after a redirection's target as further targets; to the shell they are operands. */
function takeRedirect(node: TreeNode, redirects: ShellRedirect[], words: ShellWord[]): void {
  const children = childrenOf(node).filter((child) => child.type !== 'file_descriptor');
  const [operator, target, ...operands] = children;
  const word = target === undefined ? null : unquoteBash(target.text);
  const body =
    node.type === 'herestring_redirect'
      ? word?.text
      : children.find((child) => child.type === 'heredoc_body')?.text;
  redirects.push({
    operator: operator?.text ?? '',
    raw: node.text,
    target: word,
    ...(body !== undefined && { body }),
  });
  if (node.type !== 'file_redirect') return;
  // `>&-` and the like have no target; then nothing is left over either.
  if (DUPLICATES.test(operator?.text ?? '') && target === undefined) return;
  words.push(...operands.map((operand) => unquoteBash(operand.text)));
}

/** The grammar sometimes ends a word at a quote; parts without a gap are one word. */
function touching(nodes: readonly TreeNode[]): TreeNode[][] {
  const runs: TreeNode[][] = [];
  for (const node of nodes) {
    const last = runs.at(-1)?.at(-1);
    const joins =
      last !== undefined && last.endIndex === node.startIndex && ![last, node].some(isApart);
    if (joins) runs.at(-1)?.push(node);
    else runs.push([node]);
  }
  return runs;
}

function isApart(node: TreeNode): boolean {
  return isRedirect(node) || isBracket(node);
}

function assignmentOf(text: string): SimpleCommand['assignments'][number] {
  const at = text.indexOf('=');
  return { name: text.slice(0, at), value: unquoteBash(text.slice(at + 1)) };
}

function isRedirect(node: TreeNode): boolean {
  return REDIRECTS.has(node.type);
}

function childrenOf(node: TreeNode): TreeNode[] {
  return node.children.filter((child) => child !== null);
}
