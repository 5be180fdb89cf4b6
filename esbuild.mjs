// Builds everything into dist/: extension, engine, cli, webview, in-host tests, and the files they load at run time.
// Options: --production (minified, no tests), --watch, --target <platform>-<arch> (which native files are copied).
import { build, context } from 'esbuild';
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');
const flags = process.argv.slice(2);
const production = flags.includes('--production');
const target = flags[flags.indexOf('--target') + 1] ?? '';
const platform =
  flags.includes('--target') && target ? target : `${process.platform}-${process.arch}`;

/** Keeps the engine a file of its own: the extension and the cli load it on first use. */
const engineApart = {
  name: 'engine-apart',
  setup(api) {
    api.onResolve({ filter: /(^|\/)engine\.ts$/ }, (args) =>
      args.kind === 'entry-point' || !/src[\\/](extension|cli)\.ts$/.test(args.importer)
        ? undefined
        : { path: './engine.js', external: true },
    );
  },
};

/** zod's 40 locales are 260 KB of the engine; errors are worded by our own code. */
const noLocales = {
  name: 'no-zod-locales',
  setup(api) {
    api.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js';`,
      loader: 'js',
      resolveDir: join(root, 'node_modules/zod/v4/locales'),
    }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: production ? false : 'linked',
  minify: production,
  keepNames: production,
  logLevel: 'warning',
  plugins: [engineApart, noLocales],
};
const node = {
  ...common,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  mainFields: ['module', 'main'],
  conditions: ['node', 'import'],
  define: { 'import.meta.url': '__importMetaUrl', 'import.meta.dirname': '__dirname' },
  banner: { js: `const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;` },
};

/** @type {Record<string, import('esbuild').BuildOptions>} */
const bundles = {
  extension: {
    ...node,
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.js',
    external: ['vscode'],
  },
  engine: { ...node, entryPoints: ['src/engine.ts'], outfile: 'dist/engine.js', metafile: true },
  cli: { ...node, entryPoints: ['src/cli.ts'], outfile: 'dist/cli.js' },
  webview: {
    ...common,
    platform: 'browser',
    target: 'chrome128',
    format: 'iife',
    entryPoints: ['webview/main.ts'],
    outfile: 'dist/webview/main.js',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
    tsconfig: 'webview/tsconfig.json',
  },
  // Loaded by the page with its first diff.
  syntax: {
    ...common,
    platform: 'browser',
    target: 'chrome128',
    format: 'esm',
    entryPoints: ['webview/syntaxScript.ts'],
    outfile: 'dist/webview/syntax.js',
    tsconfig: 'webview/tsconfig.json',
  },
  ...(production
    ? {}
    : {
        tests: {
          ...node,
          entryPoints: ['test/vscode/index.ts'],
          outfile: 'dist/test/vscode/index.js',
          external: ['vscode', 'mocha'],
        },
      }),
};

function copyAssets() {
  const copy = (from, to) => {
    mkdirSync(dirname(join(dist, to)), { recursive: true });
    cpSync(from, join(dist, to));
  };
  writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
  const wasm = join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm');
  for (const name of [
    'tree-sitter.js',
    'tree-sitter.wasm',
    'tree-sitter-bash.wasm',
    'tree-sitter-powershell.wasm',
  ]) {
    copy(join(wasm, name), `wasm/${name}`);
  }
  copy(
    join(root, `node_modules/better-sqlite3/prebuilds/${platform}.node`),
    'native/better_sqlite3.node',
  );
  const rg = platform.startsWith('win32') ? 'rg.exe' : 'rg';
  const ripgrep = join(root, `node_modules/@vscode/ripgrep-${platform}/bin/${rg}`);
  if (!existsSync(ripgrep))
    throw new Error(`ripgrep for ${platform} is not installed (${ripgrep})`);
  copy(ripgrep, `bin/${rg}`);
  chmodSync(join(dist, 'bin', rg), 0o755);
}

if (production) rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
copyAssets();
if (flags.includes('--watch')) {
  for (const options of Object.values(bundles)) await (await context(options)).watch();
  console.log('Watching.');
} else {
  await Promise.all(Object.values(bundles).map((options) => build(options)));
}
