// Option lists of JavaScript tools. They run project code: that is what the rule allows; what is left out would run,
// load or write something else.
import type { OptionLists } from './optionList.ts';

/** Formatters that come with the linter. */
const ESLINT_FORMAT = 'stylish|json|compact|unix|html|json-with-metadata';
const SCRIPT_WHY =
  'the script is what the rule allows; no --script-shell, --prefix, -C, --node-options; behind -- only what chooses tests and how they are told of';
const PRETTIER_WHY =
  'no --write, --config, --plugin, --find-config-path, --ignore-path, --cache-location';

/** Reporters that tools bring along; any other name would be loaded. */
const REPORTER =
  'dot|spec|verbose|list|line|min|tap|json|basic|default|nyan|progress|tree|stylish|compact|unix|github-actions';
/** Behind `--`: what test runners, type checkers and bundlers have in common, nothing that loads, writes or mends. */
const BEHIND = [
  '--(?:watch|watch-all|watchAll|coverage|verbose|silent|quiet|bail|ci|run|runInBand|color|passWithNoTests|headed|list|dry-run|check|detectOpenHandles|forceExit|onlyChanged|last-failed|noEmit|single-run|progress|strict|prod|production|debug|no-[a-z-]+)(?:=(?:true|false|\\d+))?',
  '--(?:grep|fgrep|testNamePattern|test-name-pattern|testPathPattern|testPathPatterns|mode|filter|shard|workers|maxWorkers|max-workers|timeout|testTimeout|retries|repeat-each|max-warnings|port|browser|tags|project)(?:=[^=@/~\\\\]*)?',
  `--reporter=(?:${REPORTER})`,
  '-[tgvwibq]',
].join('|');
const OWN_SCRIPT = { why: SCRIPT_WHY, long: 'silent', operands: 'none' } as const;
const SCRIPT = { why: SCRIPT_WHY, ends: true, behind: BEHIND, operands: 'path' } as const;
const NPM_LONG =
  'silent quiet verbose if-present loglevel= color? no-color no-progress workspaces workspace= ws include-workspace-root';
const NPM_ONLY = { loglevel: '[a-z]+', color: 'true|false|always' } as const;

export const TOOL_OPTIONS: OptionLists = {
  'npm run': {
    ...SCRIPT,
    flags: 'sqd',
    values: 'w',
    pathValues: 'w workspace',
    long: NPM_LONG,
    only: NPM_ONLY,
    like: '(?!env$)[^]*',
  },
  'npm test': {
    ...SCRIPT,
    flags: 'sqd',
    values: 'w',
    pathValues: 'w workspace',
    long: NPM_LONG,
    only: NPM_ONLY,
  },
  'npm t': { why: SCRIPT_WHY, flags: 's', long: 'silent', operands: 'none' },
  'npm start': { why: SCRIPT_WHY, flags: 's', long: 'silent', operands: 'none' },
  'pnpm run': {
    ...SCRIPT,
    flags: 'sr',
    long: 'silent if-present recursive',
    like: '(?!env$)[^]*',
  },
  'pnpm test': { ...SCRIPT, long: 'silent' },
  'pnpm build': OWN_SCRIPT,
  'pnpm lint': OWN_SCRIPT,
  'pnpm typecheck': OWN_SCRIPT,
  'pnpm -r test': OWN_SCRIPT,
  'pnpm -r build': OWN_SCRIPT,
  'pnpm -r lint': OWN_SCRIPT,
  'pnpm -v': { why: 'prints a version', operands: 'none' },
  'pnpm why': { why: 'lists packages', flags: 'r', long: 'json', operands: 'text' },
  'pnpm outdated': { why: 'asks the registry', flags: 'r', operands: 'text' },
  'yarn run': { ...SCRIPT, long: 'silent', like: '(?!env$)[^]*' },
  'yarn test': {
    ...SCRIPT,
    long: 'silent coverage watchAll? verbose ci',
    only: { watchAll: 'false' },
  },
  'yarn build': OWN_SCRIPT,
  'yarn lint': OWN_SCRIPT,
  'yarn typecheck': OWN_SCRIPT,
  'yarn -v': { why: 'prints a version', operands: 'none' },
  'yarn outdated': { why: 'asks the registry', operands: 'text' },
  'yarn workspaces info': { why: 'lists packages', long: 'json', operands: 'none' },
  'bun test': {
    why: 'no --preload, --config, --cwd, -r',
    values: 't',
    long: 'bail? coverage timeout= test-name-pattern= only todo',
    operands: 'path',
  },
  'npm ls': {
    why: 'lists packages; no --prefix, -g',
    flags: 'al',
    long: 'all depth= json long omit= parseable',
    operands: 'text',
  },
  'npm list': {
    why: 'as npm ls',
    flags: 'al',
    long: 'all depth= json long omit= parseable',
    operands: 'text',
  },
  'npm info': { why: 'as npm view', long: 'json', operands: 'text' },
  'npm explain': { why: 'lists packages', long: 'json', operands: 'text' },
  'npm pack': {
    why: 'only to see what would be in it',
    long: 'dry-run json',
    named: true,
    operands: 'none',
  },
  'npm outdated': {
    why: 'lists packages; no --registry',
    flags: 'al',
    long: 'all json long parseable',
    operands: 'text',
  },
  'npm view': { why: 'asks the registry; no --registry', long: 'json', operands: 'text' },
  'npm why': { why: 'lists packages', long: 'json', operands: 'text' },
  'npm audit': {
    why: 'asks the registry; fix changes packages',
    long: 'json omit= audit-level= production',
    operands: 'none',
  },
  'pnpm ls': {
    why: 'lists packages',
    flags: 'r',
    long: 'json depth= recursive long',
    operands: 'text',
  },
  'pnpm list': {
    why: 'lists packages',
    flags: 'r',
    long: 'json depth= recursive long',
    operands: 'text',
  },
  'yarn why': { why: 'lists packages', operands: 'text' },
  'yarn list': { why: 'lists packages', long: 'depth= pattern=', operands: 'none' },
  tsc: {
    why: 'type checks; no --outDir, --outFile, --build, --generateTrace, --tsBuildInfoFile, --plugins, --declarationDir, @files',
    values: 'p',
    pathValues: 'p project',
    long: 'noEmit p= project= pretty? skipLibCheck strict showConfig listFiles listFilesOnly version v incremental? extendedDiagnostics diagnostics noErrorTruncation explainFiles traceResolution target= lib= jsx= noUnusedLocals noUnusedParameters noImplicitAny strictNullChecks esModuleInterop',
    only: {
      pretty: 'true|false',
      incremental: 'false',
      target: '[a-z]+\\d*',
      lib: '[\\w.,]+',
      jsx: '[a-z-]+',
    },
    singleDash: true,
    anyCase: true,
    operands: 'path',
  },
  'vue-tsc': {
    why: 'as tsc',
    pathValues: 'p project',
    long: 'noEmit p= project= skipLibCheck',
    singleDash: true,
    anyCase: true,
    operands: 'path',
  },
  eslint: {
    why: 'no --fix, -o, --cache*, -c, --rulesdir, --plugin, --parser, other -f, --resolve-plugins-relative-to, --ignore-path, --flag, --stdin: they write files or load code',
    values: 'f',
    only: { f: ESLINT_FORMAT, format: ESLINT_FORMAT },
    pathValues: 'print-config',
    long: 'format= ignore-pattern= print-config= ext= max-warnings= quiet color no-color no-inline-config no-error-on-unmatched-pattern report-unused-disable-directives no-warn-ignored pass-on-no-patterns exit-on-fatal-error debug',
    operands: 'path',
    ends: true,
  },
  prettier: {
    why: PRETTIER_WHY,
    flags: 'clu',
    long: 'check list-different ignore-unknown no-color log-level= no-error-on-unmatched-pattern loglevel=',
    operands: 'path',
    ends: true,
  },
  stylelint: {
    why: 'no --fix, --config, --custom-syntax, -f, -o, --config-basedir',
    flags: 'q',
    long: 'quiet color no-color allow-empty-input max-warnings=',
    operands: 'path',
  },
  'biome check': {
    why: 'no --write, --apply, --config-path',
    long: 'colors= diagnostic-level= max-diagnostics= no-errors-on-unmatched',
    operands: 'path',
  },
  'biome lint': {
    why: 'no --write, --apply, --config-path',
    long: 'colors= diagnostic-level= max-diagnostics= no-errors-on-unmatched',
    operands: 'path',
  },
  oxlint: {
    why: 'no --fix, -c, --tsconfig, plugins',
    flags: 'q',
    long: 'quiet max-warnings= deny-warnings',
    operands: 'path',
  },
  jest: {
    why: 'no -c, --config, --rootDir, --setupFiles, --globalSetup, --runner, --testRunner, --transform, --reporters, --resolver, --env, --outputFile, -u, --cacheDirectory: they load code or write',
    flags: 'ibo',
    values: 'tw',
    long: 'coverage? verbose silent ci runInBand passWithNoTests testNamePattern= bail? onlyChanged onlyFailures listTests detectOpenHandles forceExit maxWorkers= testPathPattern= testPathPatterns= color colors noStackTrace watchAll? watch? no-coverage json showConfig testTimeout= runTestsByPath findRelatedTests coverageReporters= selectProjects= shard=',
    only: {
      ...{ watchAll: 'false', watch: 'false', coverage: 'true|false', maxWorkers: '[\\d%]+' },
      ...{ w: '[\\d%]+', coverageReporters: 'text|text-summary', selectProjects: '[\\w-]+' },
    },
    operands: 'path',
  },
  vitest: {
    why: 'no -c, --config, -r, --root, --dir, --environment, --reporter, --outputFile, --globalSetup, -u, --api, --ui: they load code, write or listen',
    values: 't',
    long: 'run coverage? watch? testNamePattern= passWithNoTests silent bail? no-color color changed? no-coverage testTimeout= no-file-parallelism reporter= project= shard=',
    only: {
      reporter: REPORTER,
      project: '[\\w-]+',
      coverage: 'true|false',
      watch: 'false',
      bail: '\\d+',
      changed: '[\\w./~^-]+',
    },
    operands: 'path',
  },
  mocha: {
    why: 'no -r, --require, --config, --reporter, --ui, --import, -n, --package: they load code',
    flags: 'bpc',
    values: 'gfstR',
    only: { R: REPORTER, reporter: REPORTER },
    long: 'reporter= grep= fgrep= bail timeout= exit parallel colors no-colors invert dry-run slow= retries= forbid-only full-trace recursive',
    operands: 'path',
  },
  ava: {
    why: 'no --config, --node-arguments',
    flags: 'vs',
    values: 'm',
    long: 'verbose serial fail-fast match= timeout=',
    operands: 'path',
  },
  'playwright test': {
    why: 'no -c, --config, --reporter, --output, -u, --ui, --global-timeout of other files',
    values: 'gj',
    long: 'grep= headed list workers= retries= project= max-failures= quiet forbid-only fully-parallel reporter= shard= repeat-each=',
    only: { reporter: REPORTER },
    operands: 'path',
  },
  'python -V': { why: 'prints a version', operands: 'none' },
  'python3 -V': { why: 'prints a version', operands: 'none' },
  'ruby -v': { why: 'prints a version', operands: 'none' },
  'php -v': { why: 'prints a version', operands: 'none' },
  'java -version': { why: 'prints a version', operands: 'none' },
  'node --version': { why: 'prints a version', operands: 'none' },
  'node -v': { why: 'prints a version', operands: 'none' },
  'node --check': { why: 'checks syntax, runs nothing', operands: 'path' },
  'node -c': { why: 'checks syntax, runs nothing', operands: 'path' },
  'node --test': {
    why: 'tests of the project; no --import, -r, --test-reporter: they load code',
    long: 'test-name-pattern= test-only test-concurrency= test-timeout= test-reporter=',
    only: { 'test-reporter': 'spec|tap|dot|junit|lcov' },
    named: true,
    operands: 'path',
  },
  'npm -v': { why: 'prints a version', operands: 'none' },
  'npm --version': { why: 'prints a version', operands: 'none' },
  'deno check': {
    why: 'type checks; no --config, --import-map, --reload',
    flags: 'q',
    long: 'quiet no-lock',
    operands: 'path',
  },
  'deno lint': {
    why: 'no --fix, --config, --rules-tags of plugins',
    flags: 'q',
    long: 'quiet json compact',
    operands: 'path',
  },
  'deno fmt': { why: 'no --config', flags: 'q', long: 'quiet check', operands: 'path' },
  'deno test': {
    why: 'without permissions: no -A, --allow-*, --config, --import-map, -L',
    flags: 'q',
    long: 'quiet filter= fail-fast? no-check parallel shuffle',
    operands: 'path',
  },
};
