// Where the rule lists and their entries stand in the text of a settings file: JSON with comments, perhaps half typed.
import { findNodeAtLocation, getNodeValue, parseTree, type Node } from 'jsonc-parser';
import { RULE_KEYS } from '../core/settings.ts';
import type { TextRange } from '../core/policy/desk.ts';
import type { VerdictKind } from '../protocol/calls.ts';

export interface FoundList {
  kind: VerdictKind;
  value: unknown;
  /** The place of the value at this path below the list, or of what is left of it; within a string, of `span`. */
  rangeOf: (at: readonly (string | number)[], span: TextRange | null) => TextRange;
}

const KINDS = ['deny', 'ask', 'allow'] as const;

/** Every list of rules, also one that stands twice or in nested form. Total: what is no JSON holds none. */
export function findLists(text: string, nested: boolean): FoundList[] {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  if (tree === undefined) return [];
  const tops = nested ? below(tree, 'settings') : [tree];
  return KINDS.flatMap((kind) =>
    tops
      .flatMap((top) => below(top, RULE_KEYS[kind]))
      .map((node): FoundList => {
        const value: unknown = getNodeValue(node);
        return { kind, value, rangeOf: (at, span) => rangeIn(text, node, { at, span }) };
      }),
  );
}

/** The values of a dotted key, however it is divided into objects. */
function below(node: Node, key: string): Node[] {
  if (node.type !== 'object') return [];
  return (node.children ?? []).flatMap(({ children }) => {
    const [name, value] = children ?? [];
    if (name === undefined || value === undefined) return [];
    const own: unknown = name.value;
    if (own === key) return [value];
    return typeof own === 'string' && own !== '' && key.startsWith(`${own}.`)
      ? below(value, key.slice(own.length + 1))
      : [];
  });
}

function rangeIn(
  text: string,
  list: Node,
  { at, span }: { at: readonly (string | number)[]; span: TextRange | null },
): TextRange {
  let node: Node | undefined;
  for (let length = at.length; node === undefined && length > 0; length -= 1) {
    node = findNodeAtLocation(list, at.slice(0, length));
  }
  const found = node ?? list;
  const whole = { from: found.offset, to: found.offset + Math.max(found.length, 1) };
  if (span === null || found.type !== 'string') return whole;
  const from = rawOffset(text, found, span.from);
  const to = rawOffset(text, found, span.to);
  return to > from ? { from, to } : whole;
}

/** Where the character at `offset` of a string's value stands in the file, past the quote and all escapes before it. */
function rawOffset(text: string, node: Node, offset: number): number {
  const end = node.offset + node.length - 1;
  let at = node.offset + 1;
  for (let seen = 0; seen < offset && at < end; seen += 1) {
    if (text[at] !== '\\') at += 1;
    else at += text[at + 1] === 'u' ? 6 : 2;
  }
  return Math.min(at, end);
}
