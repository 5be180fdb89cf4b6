// The layers, the absence of import cycles and the size budget (DESIGN §2), checked on the source itself.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.resolve(import.meta.dirname, '../..');
const MAX_FILE = 350;
const MAX_FUNCTION = 60;

interface Zone {
  name: string;
  includes(file: string): boolean;
  /** Zones of ours that it may import. */
  ours: readonly string[];
  /** Packages and node: modules that it may import. */
  packages(name: string): boolean;
}

const under =
  (folder: string) =>
  (file: string): boolean =>
    file.startsWith(`${folder}/`);
const is =
  (...names: string[]) =>
  (file: string): boolean =>
    names.includes(file);
const isNode = (name: string): boolean => name.startsWith('node:');

const ZONES: readonly Zone[] = [
  { name: 'protocol', includes: under('src/protocol'), ours: ['protocol'], packages: is('zod') },
  {
    name: 'core',
    includes: under('src/core'),
    ours: ['core', 'protocol'],
    packages: (name) => name === 'zod' || name.startsWith('@langchain/'),
  },
  {
    name: 'node',
    includes: under('src/node'),
    ours: ['node', 'core', 'protocol'],
    packages: (name) => name !== 'vscode',
  },
  {
    name: 'vscode',
    includes: under('src/vscode'),
    ours: ['vscode', 'core', 'protocol'],
    packages: is('vscode', 'node:path', 'node:crypto', 'zod'),
  },
  {
    name: 'extension',
    includes: is('src/extension.ts'),
    ours: ['vscode', 'node', 'core', 'protocol', 'engine'],
    packages: is('vscode'),
  },
  {
    name: 'engine',
    includes: is('src/engine.ts'),
    ours: ['node', 'core', 'protocol'],
    packages: isNode,
  },
  {
    name: 'cli',
    includes: is('src/cli.ts'),
    ours: ['engine', 'node', 'core', 'protocol'],
    packages: isNode,
  },
  {
    name: 'webview',
    includes: under('webview'),
    ours: ['webview', 'protocol'],
    packages: (name) => !isNode(name) && name !== 'vscode' && !name.startsWith('@langchain/'),
  },
];

const FILES = [...sources('src'), ...sources('webview')];
const PARSED = new Map(FILES.map((file) => [file, parse(file)]));

function sources(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => path.posix.join(folder, name.replaceAll(path.sep, '/')));
}

function parse(file: string): ts.SourceFile {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

/** What a file imports, type-only imports included: own files as paths from the root, packages by name. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) =>
      fileName.startsWith('.') ? path.posix.join(path.posix.dirname(file), fileName) : fileName,
    );
}

function zoneOf(file: string): Zone {
  const zone = ZONES.find((known) => known.includes(file));
  assert.ok(zone, `${file} belongs to no zone`);
  return zone;
}

function violation(file: string, imported: string): string | undefined {
  const zone = zoneOf(file);
  const own = imported.startsWith('src/') || imported.startsWith('webview/');
  const allowed = own
    ? zone.ours.includes(zoneOf(imported).name) || zone.includes(imported)
    : zone.packages(imported);
  return allowed ? undefined : `${file} (${zone.name}) imports ${imported}`;
}

function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, trail: string[]): string[] | undefined => {
    if (state.get(file) === 'done') return undefined;
    if (state.get(file) === 'open') return [...trail.slice(trail.indexOf(file)), file];
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...trail, file]);
      if (cycle) return cycle;
    }
    state.set(file, 'done');
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

function longFunctions(source: ts.SourceFile): string[] {
  const found: string[] = [];
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const lines = lineOf(node.getEnd()) - lineOf(node.getStart()) + 1;
      if (lines > MAX_FUNCTION)
        found.push(`${source.fileName}:${lineOf(node.getStart()) + 1} (${lines})`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('architecture', () => {
  it('every import stays inside the table of layers', () => {
    const violations = FILES.flatMap((file) =>
      importsOf(file).flatMap((imported) => violation(file, imported) ?? []),
    );
    assert.deepEqual(violations, []);
  });

  it('the table catches planted violations', () => {
    assert.ok(violation('src/core/settings.ts', 'vscode'));
    assert.ok(violation('src/core/settings.ts', 'node:fs'));
    assert.ok(violation('src/node/openEngine.ts', 'src/vscode/ids.ts'));
    assert.ok(violation('src/vscode/ids.ts', 'src/node/assets.ts'));
    assert.ok(violation('webview/main.ts', 'src/core/settings.ts'));
    assert.equal(violation('src/core/settings.ts', 'zod'), undefined);
  });

  it('there is no import cycle', () => {
    const graph = new Map(
      FILES.map((file) => [file, valueImports(file).filter((name) => PARSED.has(name))]),
    );
    assert.equal(findCycle(graph), undefined);
    assert.ok(
      findCycle(
        new Map([
          ['a', ['b']],
          ['b', ['a']],
        ]),
      ),
      'the search finds a planted cycle',
    );
  });

  it(`no file is longer than ${MAX_FILE} lines, no function than ${MAX_FUNCTION}`, () => {
    const long = FILES.filter((file) => (PARSED.get(file)?.getLineStarts().length ?? 0) > MAX_FILE);
    assert.deepEqual(long, []);
    assert.deepEqual([...PARSED.values()].flatMap(longFunctions), []);
  });

  it('only node/sqlite/database.ts names the driver, and only the turn runner streams the graph (HB12)', () => {
    const naming = FILES.filter((file) => /['"]better-sqlite3['"]/.test(text(file)));
    assert.deepEqual(naming, ['src/node/sqlite/database.ts']);
    const streaming = FILES.filter((file) => /graph\.stream\(/.test(text(file)));
    assert.deepEqual(streaming, ['src/core/agent/turnRunner.ts']);
  });
});

function text(file: string): string {
  return PARSED.get(file)?.getFullText() ?? '';
}

/** Imports that exist at run time: a cycle of types only is no cycle. */
function valueImports(file: string): string[] {
  const source = PARSED.get(file);
  const names: string[] = [];
  source?.forEachChild((node) => {
    if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return;
    const specifier = node.moduleSpecifier;
    if (!specifier || !ts.isStringLiteral(specifier) || !specifier.text.startsWith('.')) return;
    const typeOnly = ts.isImportDeclaration(node)
      ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword || onlyTypes(node)
      : node.isTypeOnly;
    if (!typeOnly) names.push(path.posix.join(path.posix.dirname(file), specifier.text));
  });
  return names;
}

function onlyTypes(node: ts.ImportDeclaration): boolean {
  const bindings = node.importClause?.namedBindings;
  return (
    node.importClause?.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.length > 0 &&
    bindings.elements.every((element) => element.isTypeOnly)
  );
}
