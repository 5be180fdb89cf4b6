// Loads each grammar when it is first needed. The only file that knows the tree-sitter runtime.
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

/** A grammar was needed that is not loaded yet; `load` it and begin again. */
export class GrammarNeeded extends Error {
  readonly grammar: GrammarName;

  constructor(grammar: GrammarName) {
    super(`The grammar of ${grammar} is not loaded`);
    this.grammar = grammar;
  }
}

export interface Grammars {
  /**
   * Calls `use` with the root of the tree, and frees the tree afterwards; null when the grammar gave up. Throws
   * GrammarNeeded.
   */
  read<T>(grammar: GrammarName, text: string, use: (root: TreeNode) => T): T | null;
  /** Loads the runtime and one grammar, once: each takes tens of megabytes. Rejects when a file of it is missing. */
  load(grammar: GrammarName): Promise<void>;
}

type GrammarName = 'bash' | 'powershell';

type Runtime = typeof TreeSitter;
type Parser = InstanceType<Runtime['Parser']>;

/** Grammars from the folder that holds the wasm files; none is loaded before it is asked for. */
export function createGrammars(wasmDir: string): Grammars {
  const parsers = new Map<GrammarName, Parser>();
  const loading = new Map<GrammarName, Promise<void>>();
  let runtime: Promise<Runtime> | undefined;
  const load = async (name: GrammarName): Promise<void> => {
    const { Parser, Language } = await (runtime ??= loadRuntime(wasmDir));
    const parser = new Parser();
    parser.setLanguage(await Language.load(join(wasmDir, `tree-sitter-${name}.wasm`)));
    parsers.set(name, parser);
  };
  return {
    load: (name) => {
      const begun = loading.get(name) ?? load(name);
      loading.set(name, begun);
      return begun;
    },
    read: (grammar, text, use) => {
      const parser = parsers.get(grammar);
      if (!parser) throw new GrammarNeeded(grammar);
      const tree = parser.parse(text);
      if (tree === null) return null;
      try {
        return use(tree.rootNode);
      } finally {
        tree.delete();
      }
    },
  };
}

async function loadRuntime(wasmDir: string): Promise<Runtime> {
  const runtime = runtimeOf(await import('@vscode/tree-sitter-wasm'));
  await runtime.Parser.init({ locateFile: (name) => join(wasmDir, name) });
  return runtime;
}

/** Bundlers and Node hand over a CommonJS module differently: as the namespace or as its default. */
function runtimeOf(module: unknown): Runtime {
  const Shape = z.custom<Runtime>((value) => RuntimeShape.safeParse(value).success);
  const direct = Shape.safeParse(module);
  if (direct.success) return direct.data;
  return z.object({ default: Shape }).parse(module).default;
}

const RuntimeShape = z.object({ Parser: z.function(), Language: z.function() });
