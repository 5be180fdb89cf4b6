// A tree of highlighted text as tokens by line. Pure; the lengths of a line's tokens are those of its text.
import type { Token } from './linePieces.ts';

/** As far as a highlighter's tree matters here. */
export interface TextTree {
  type: string;
  value?: string;
  properties?: { className?: unknown };
  children?: readonly TextTree[];
}

export function linesOfTree(tree: TextTree): Token[][] {
  const lines: Token[][] = [[]];
  collect(tree, '', lines);
  return lines;
}

function collect(node: TextTree, name: string, lines: Token[][]): void {
  if (node.type === 'text') {
    for (const [index, part] of (node.value ?? '').split('\n').entries()) {
      if (index > 0) lines.push([]);
      if (part !== '') lines.at(-1)?.push({ length: part.length, name });
    }
    return;
  }
  const own = classOf(node.properties?.className);
  for (const child of node.children ?? []) collect(child, own === '' ? name : own, lines);
}

/** The classes of one token, as the style sheet knows them: `hljs-title function_` is one name and its kind. */
function classOf(names: unknown): string {
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string').join(' ') : '';
}
