// Loads the grammars, lazily and once. The only file that knows the tree-sitter runtime.
import { join } from 'node:path';
import type * as TreeSitter from '@vscode/tree-sitter-wasm';
import { z } from 'zod';

/** The part of a syntax node that the readers use. */
export interface TreeNode {
  readonly type: string;
  readonly text: string;
  readonly isNamed: boolean;
  readonly hasError: boolean;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly children: readonly (TreeNode | null)[];
}

export interface Grammars {
  /** Calls `use` with the root of the tree, and frees the tree afterwards; null when the grammar gave up. */
  read<T>(grammar: GrammarName, text: string, use: (root: TreeNode) => T): T | null;
}

type GrammarName = 'bash' | 'powershell';

const GRAMMAR_NAMES = ['bash', 'powershell'] as const;

type Runtime = typeof TreeSitter;

/** Loads runtime and grammars from the folder that holds the wasm files. Rejects when one is missing. */
export async function loadGrammars(wasmDir: string): Promise<Grammars> {
  const module: unknown = await import('@vscode/tree-sitter-wasm');
  const { Parser, Language } = runtimeOf(module);
  await Parser.init({ locateFile: (name) => join(wasmDir, name) });
  const parsers = new Map<GrammarName, InstanceType<Runtime['Parser']>>();
  for (const name of GRAMMAR_NAMES) {
    const parser = new Parser();
    parser.setLanguage(await Language.load(join(wasmDir, `tree-sitter-${name}.wasm`)));
    parsers.set(name, parser);
  }
  return {
    read: (grammar, text, use) => {
      const parser = parsers.get(grammar);
      const tree = parser?.parse(text) ?? null;
      if (tree === null) return null;
      try {
        return use(tree.rootNode);
      } finally {
        tree.delete();
      }
    },
  };
}

/** Bundlers and Node hand over a CommonJS module differently: as the namespace or as its default. */
function runtimeOf(module: unknown): Runtime {
  const Shape = z.custom<Runtime>((value) => RuntimeShape.safeParse(value).success);
  const direct = Shape.safeParse(module);
  if (direct.success) return direct.data;
  return z.object({ default: Shape }).parse(module).default;
}

const RuntimeShape = z.object({ Parser: z.function(), Language: z.function() });
