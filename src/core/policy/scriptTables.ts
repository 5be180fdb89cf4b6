// Which programs run or load which files that their command line names. Data; scriptOperands.ts reads it.

/** What of a command line names files that are run or loaded. */
export interface Loader {
  /** Operands that are scripts: the first one, or each of them. */
  scripts?: 'first' | 'all';
  /** Options whose value is a file, or several. */
  files?: readonly string[];
  /** Options behind which there is no script operand: the code itself, or a module, follows. */
  code?: readonly string[];
  /** The same, for letters that may stand among others. */
  codeLetter?: RegExp;
  /** Options whose value is the folder that `own` is looked for in. */
  folders?: readonly string[];
  /** Files that are loaded without being named: the first that is there, below the folder. */
  own?: readonly string[];
  /** With these first operands `own` is not loaded. */
  notOwn?: ReadonlySet<string>;
  /** With these first operands alone `own` is loaded. */
  onlyOwn?: ReadonlySet<string>;
  /** A script may be named without these endings. */
  endings?: readonly string[];
}

const shell: Loader = {
  scripts: 'first',
  code: ['-Command', '-EncodedCommand'],
  codeLetter: /^-[A-Za-z]*[cs][A-Za-z]*$/,
  files: ['--rcfile', '--init-file', '-File', '-file', '-f'],
};
const node: Loader = {
  scripts: 'first',
  code: ['-e', '--eval', '-p', '--print', '-pe'],
  files: ['-r', '--require', '--import', '--loader', '--experimental-loader', '--env-file'],
  endings: ['.js', '.json', '.node'],
};
const python: Loader = { scripts: 'first', code: ['-c', '-m'] };
const tests: Loader = {
  scripts: 'all',
  files: ['-r', '--require', '--import', '--loader', '-c', '--config', '--setup', '--setupFiles'],
};
const make: Loader = {
  files: ['-f', '--file', '--makefile'],
  folders: ['-C', '--directory'],
  own: ['GNUmakefile', 'makefile', 'Makefile'],
};
const PACKAGE = ['package.json', '../package.json', '../../package.json', '../../../package.json'];
const npm: Loader = {
  folders: ['--prefix', '-C'],
  own: PACKAGE,
  onlyOwn: new Set('run run-script rum urn test t tst start stop restart publish pack'.split(' ')),
};
const yarn: Loader = {
  folders: ['--cwd', '--dir', '-C', '--prefix'],
  own: PACKAGE,
  notOwn: new Set(
    'add install i remove rm uninstall un up upgrade update why list ls info outdated config cache init create dlx exec login logout audit link unlink global store import help x'.split(
      ' ',
    ),
  ),
};

const TABLE: readonly (readonly [string, Loader])[] = [
  ['sh bash dash zsh ksh mksh ash fish rbash csh tcsh yash pwsh powershell', shell],
  ['source .', { scripts: 'first' }],
  ['node nodejs tsx ts-node esno jiti nodemon', node],
  ['deno', { scripts: 'first', files: ['--preload', '--import-map', '--config', '-c'] }],
  ['bun', { ...yarn, scripts: 'first', files: ['-r', '--preload'] }],
  ['python python2 python3 pypy pypy3 ipython coverage', python],
  ['ruby jruby', { scripts: 'first', codeLetter: /^-[a-z]*e/, files: ['-r'], endings: ['.rb'] }],
  ['perl', { scripts: 'first', codeLetter: /^-[a-z]*[eE]/ }],
  ['php', { scripts: 'first', code: ['-r'], files: ['-f', '-c', '-B', '-E', '-F'] }],
  ['lua luajit', { scripts: 'first', code: ['-e'], files: ['-l'], endings: ['.lua'] }],
  ['rscript r', { scripts: 'first', code: ['-e'], files: ['-f', '--file'] }],
  ['julia', { scripts: 'first', code: ['-e', '-E'], files: ['-L', '--load'] }],
  [
    'tclsh wish expect guile groovy elixir escript osascript swift wscript cscript',
    { scripts: 'first' },
  ],
  ['awk gawk mawk nawk', { files: ['-f', '--file', '-i', '--include'] }],
  ['sed gsed', { files: ['-f', '--file'] }],
  ['jq', { files: ['-f', '--from-file'] }],
  ['psql mysql sqlite3', { files: ['-f', '--file', '-init', '-cmd'] }],
  ['gdb lldb', { files: ['-x', '--command', '-s', '--source', '-ix'] }],
  ['make gmake nmake', make],
  [
    'just',
    { files: ['-f', '--justfile'], folders: ['-d'], own: ['justfile', '.justfile', 'Justfile'] },
  ],
  [
    'rake',
    { files: ['-f', '--rakefile'], own: ['rakefile', 'Rakefile', 'rakefile.rb', 'Rakefile.rb'] },
  ],
  [
    'task',
    {
      files: ['-t', '--taskfile'],
      folders: ['-d', '--dir'],
      own: ['Taskfile.yml', 'taskfile.yml', 'Taskfile.yaml'],
    },
  ],
  ['npm cnpm', npm],
  ['yarn pnpm', yarn],
  ['mocha jest vitest ava tap jasmine pytest py.test nose2 rspec phpunit bats', tests],
  ['ansible-playbook', { scripts: 'all' }],
];

/** By the program's base name in lower case. */
export const LOADERS: ReadonlyMap<string, Loader> = new Map(
  TABLE.flatMap(([names, loader]) => names.split(' ').map((name) => [name, loader] as const)),
);

/** They run what follows them; a sub-command or options may stand between. */
export const CARRIERS: ReadonlySet<string> = new Set(
  'npx bunx uvx poetry pipenv bundle uv rye hatch conda dotenv cross-env direnv docker podman kubectl'.split(
    ' ',
  ),
);

/** Variables whose value names code that the program loads. */
export const LOADING_VARIABLES: ReadonlySet<string> = new Set(
  'BASH_ENV ENV ZDOTDIR LD_PRELOAD LD_AUDIT DYLD_INSERT_LIBRARIES NODE_OPTIONS PYTHONSTARTUP PERL5OPT RUBYOPT MAKEFILES'.split(
    ' ',
  ),
);
