// Option lists of compilers, build tools and test runners of each language. They run project code: that is what the
// rule allows; what is left out would run, load or write something else.
import type { OptionLists } from './optionList.ts';

const CARGO_WHY =
  'no --config, --manifest-path, --target-dir, --out-dir, -Z, -C: other code, other places';
const CARGO_LONG =
  'all-features no-default-features features= release workspace all lib bins tests examples benches bin= test= example= package= exclude= verbose quiet locked offline frozen all-targets jobs= color= message-format= keep-going profile= target=';
const CARGO = { flags: 'qvr', values: 'pjF', only: { target: '[\\w-]+' } } as const;
const GO_WHY =
  'no -exec, -toolexec, -vettool, -o, -C, -overlay, -modfile, profiles, -ldflags, -gcflags';
const PHASES =
  'clean|validate|compile|test-compile|test|package|verify|install|integration-test|process-resources|dependency:tree';
/** Values, not paths or properties. */
const DOTNET_ONLY = {
  c: 'Debug|Release',
  configuration: 'Debug|Release',
  v: '[a-z]+',
  verbosity: '[a-z]+',
  f: 'net[\\w.]+',
  framework: 'net[\\w.]+',
} as const;
const DOTNET_LOGGER = 'console(?:;verbosity=[a-z]+)?';
const GRADLE_OPTIONS = {
  why: 'no -b, -c, -p, -I, -D, -P, --include-build, --project-dir, --gradle-user-home: other scripts and settings',
  flags: 'qisdSmav',
  values: 'x',
  only: { x: ':?[A-Za-z][\\w:-]*' },
  long: 'all quiet info stacktrace debug warn console= no-daemon offline parallel continue rerun-tasks dry-run tests= build-cache no-build-cache configuration-cache no-configuration-cache',
  operands: 'text',
  like: ':?[A-Za-z][\\w-]*(?::[A-Za-z][\\w-]*)*',
} as const;

const RUBOCOP_ONLY = {
  f: '[pscqeo]|simple|progress|clang|emacs|quiet|offenses|json',
  format: 'simple|progress|clang|emacs|quiet|offenses|json',
} as const;
const PYTEST_WHY =
  'no -p but to switch off, -c, --rootdir, --confcutdir, -o, -W of classes elsewhere, --pyargs, --import-mode, reports: they load code or write files';
const PYTEST_LONG =
  'maxfail= tb= verbose quiet lf ff nf sw last-failed failed-first exitfirst stepwise collect-only co durations= no-header no-summary color= strict-markers strict-config cov? cov-report= no-cov showlocals capture= timeout= numprocesses= disable-warnings';
const PYTEST_ONLY = {
  n: 'auto|\\d+',
  r: '[A-Za-z]+',
  'cov-report': 'term(?:-missing)?(?::skip-covered)?',
  W: '(?:ignore|error|default|always|once)(?:::(?:[A-Z][A-Za-z]*Warning)?)?',
  p: 'no:[a-z_]+',
} as const;
const PYTEST_MODULE = {
  why: 'as pytest',
  flags: 'vqxsl',
  values: 'kmnrWp',
  only: PYTEST_ONLY,
  long: PYTEST_LONG,
  pathValues: 'cov',
  named: true,
  operands: 'path',
} as const;

export const BUILD_OPTIONS: OptionLists = {
  'cargo test': {
    why: CARGO_WHY,
    ...CARGO,
    long: `${CARGO_LONG} doc no-run no-fail-fast`,
    behind:
      '--(?:nocapture|no-capture|ignored|include-ignored|exact|list|show-output|skip|test-threads(?:=\\d+)?)|[A-Za-z][\\w:]*|\\d+',
    operands: 'text',
  },
  'cargo check': { why: CARGO_WHY, ...CARGO, long: CARGO_LONG, operands: 'none' },
  'cargo build': { why: CARGO_WHY, ...CARGO, long: CARGO_LONG, operands: 'none' },
  'cargo bench': {
    why: CARGO_WHY,
    ...CARGO,
    long: `${CARGO_LONG} no-run bench=`,
    operands: 'text',
  },
  'cargo doc': {
    why: `${CARGO_WHY}; no --open`,
    ...CARGO,
    long: `${CARGO_LONG} no-deps document-private-items`,
    operands: 'none',
  },
  'cargo clippy': {
    why: `${CARGO_WHY}; no --fix`,
    flags: 'qvr',
    values: 'pjFDWA',
    long: `${CARGO_LONG} no-deps`,
    only: { D: '[\\w:-]+', W: '[\\w:-]+', A: '[\\w:-]+', target: '[\\w-]+' },
    operands: 'none',
    behind: '-[DWAF](?:[a-z][\\w:-]*)?|[A-Za-z][\\w:-]*',
  },
  'cargo fmt': {
    why: 'formats; no --manifest-path, no --config or --config-path behind --',
    flags: 'qv',
    values: 'p',
    long: 'check all package= quiet verbose',
    behind: '--check|-l',
    operands: 'none',
  },
  'cargo tree': {
    why: 'lists packages',
    flags: 'qvda',
    values: 'pFei',
    long: `${CARGO_LONG} duplicates invert= depth= prefix= edges= format=`,
    operands: 'none',
  },
  'cargo metadata': {
    why: 'lists packages',
    flags: 'qv',
    long: 'no-deps format-version= locked offline frozen all-features',
    operands: 'none',
  },
  'cargo nextest run': {
    why: CARGO_WHY,
    ...CARGO,
    long: `${CARGO_LONG} no-run no-fail-fast retries= no-capture`,
    operands: 'text',
  },
  rustc: { why: 'only its version', flags: 'V', operands: 'none' },
  'go vet': {
    why: GO_WHY,
    long: 'v n json c=',
    singleDash: true,
    operands: 'path',
    like: '[\\w.\\/-]+',
  },
  'go test': {
    why: GO_WHY,
    long: 'v race short cover covermode= run= skip= count= timeout= fuzz= fuzztime= bench= benchmem benchtime= failfast json parallel= cpu= list= shuffle= vet= p= tags= mod= trimpath',
    only: { vet: 'off|all|[a-z,]+', mod: 'vendor|readonly', tags: '[\\w,]+' },
    singleDash: true,
    operands: 'path',
    like: '[\\w.\\/-]+',
  },
  'go build': {
    why: GO_WHY,
    long: 'v race n x a p= tags= mod= trimpath',
    only: { mod: 'vendor|readonly', tags: '[\\w,]+' },
    singleDash: true,
    operands: 'path',
    like: '[\\w.\\/-]+',
  },
  'go fmt': {
    why: 'formats',
    long: 'n x',
    singleDash: true,
    operands: 'path',
    like: '[\\w.\\/-]+',
  },
  'go list': {
    why: 'lists packages; no -export, -toolexec, -overlay',
    long: 'f= json? m u deps test e mod= versions',
    only: { mod: 'vendor|readonly|mod' },
    singleDash: true,
    operands: 'path',
    like: '[\\w.\\/@-]+',
  },
  'go version': { why: 'prints a version', operands: 'none' },
  'go doc': {
    why: 'prints documentation',
    long: 'all short u src c',
    singleDash: true,
    operands: 'text',
  },
  'go mod verify': { why: 'checks hashes', operands: 'none' },
  'go mod graph': { why: 'lists modules', operands: 'none' },
  'go mod why': { why: 'lists modules', long: 'm', singleDash: true, operands: 'text' },
  gofmt: {
    why: 'prints; no -w, -cpuprofile, -r',
    long: 'l d s e',
    singleDash: true,
    operands: 'path',
  },
  make: {
    why: 'targets only: no variables, -f, -C, -I, --eval, -o, -W, SHELL=: other makefiles and programs',
    flags: 'knsBi',
    glued: 'j',
    only: { j: '\\d+', jobs: '\\d+' },
    long: 'jobs= keep-going dry-run just-print silent quiet no-print-directory always-make',
    operands: 'text',
    like: '[\\w.][\\w.\\/-]*',
  },
  pytest: {
    why: PYTEST_WHY,
    flags: 'vqxsl',
    values: 'kmnrWp',
    only: PYTEST_ONLY,
    long: PYTEST_LONG,
    pathValues: 'cov',
    operands: 'path',
  },
  'python -m pytest': PYTEST_MODULE,
  'python3 -m pytest': PYTEST_MODULE,
  'python -m unittest': {
    why: 'tests of the project',
    flags: 'vqfbc',
    values: 'kspt',
    pathValues: 's t',
    long: 'verbose quiet failfast buffer',
    named: true,
    operands: 'path',
  },
  'python3 -m unittest': {
    why: 'tests of the project',
    flags: 'vqfbc',
    values: 'kspt',
    pathValues: 's t',
    long: 'verbose quiet failfast buffer',
    named: true,
    operands: 'path',
  },
  'python -m py_compile': { why: 'checks syntax', named: true, operands: 'path' },
  'python3 -m py_compile': { why: 'checks syntax', named: true, operands: 'path' },
  ruff: { why: 'see ruff check', long: 'version', operands: 'none' },
  'ruff check': {
    why: 'no --fix, --config, -o, --cache-dir, --add-noqa, --watch',
    flags: 'qvse',
    long: 'diff select= ignore= quiet verbose no-cache output-format= statistics show-files preview exit-zero line-length= target-version= no-fix',
    only: { 'output-format': '[a-z-]+' },
    operands: 'path',
    ends: true,
  },
  'ruff format': {
    why: 'no --config, --cache-dir',
    flags: 'qv',
    long: 'check diff quiet verbose no-cache preview line-length= target-version=',
    operands: 'path',
    ends: true,
  },
  black: {
    why: 'no --config, --code, --stdin-filename',
    flags: 'qvStl',
    long: 'check diff quiet verbose color no-color fast safe line-length=',
    operands: 'path',
    ends: true,
  },
  mypy: {
    why: 'no --config-file (plugins), --python-executable, reports, --install-types, -c, -m, -p',
    flags: 'v',
    long: 'strict pretty no-error-summary show-error-codes no-color-output ignore-missing-imports check-untyped-defs disallow-untyped-defs no-incremental show-column-numbers warn-unused-ignores warn-unreachable namespace-packages explicit-package-bases',
    operands: 'path',
  },
  flake8: {
    why: 'no --config, --append-config, --output-file, --tee',
    flags: 'vq',
    long: 'max-line-length= select= ignore= extend-ignore= count statistics show-source exclude= max-complexity=',
    operands: 'path',
  },
  pyright: {
    why: 'no -p of other configurations, --pythonpath, --watch',
    long: 'outputjson stats warnings version',
    operands: 'path',
  },
  mvn: {
    why: 'phases of the project only: no plugin goals, -f, -s, -gs, -t, -P, other -D: they name other code',
    long: 'q quiet B batch-mode o offline e errors X debug ntp no-transfer-progress am also-make fae ff DskipTests? Dtest= pl= projects= T= threads= U V v version',
    only: {
      DskipTests: 'true|false',
      Dtest: '[\\w.*#,+!$]+',
      pl: '[\\w.:,/-]+',
      T: '[\\dC.]+',
      threads: '[\\dC.]+',
      projects: '[\\w.:,/-]+',
    },
    singleDash: true,
    operands: 'text',
    like: PHASES,
  },
  './mvnw': {
    why: 'as mvn',
    long: 'q B o e DskipTests? Dtest=',
    only: { DskipTests: 'true|false', Dtest: '[\\w.*#,+!$]+' },
    singleDash: true,
    operands: 'text',
    like: PHASES,
  },
  gradle: GRADLE_OPTIONS,
  './gradlew': GRADLE_OPTIONS,
  'dotnet build': {
    why: 'no -p:, /p:, -o, -t:, --property, -bl, -l, @files, --source: properties and loggers load code',
    values: 'cvf',
    only: DOTNET_ONLY,
    long: 'no-restore no-incremental nologo configuration= verbosity= framework= no-dependencies',
    operands: 'path',
  },
  'dotnet test': {
    why: 'no -p:, -s, -a, --test-adapter-path, --collect, -d, loggers but the console, -o, -r, --settings: they load code or write',
    values: 'cvfl',
    only: { ...DOTNET_ONLY, l: DOTNET_LOGGER, logger: DOTNET_LOGGER },
    long: 'no-build no-restore nologo configuration= verbosity= framework= filter= list-tests blame logger=',
    operands: 'path',
  },
  'dotnet list': {
    why: 'lists packages and references; no --config, --source',
    long: 'outdated deprecated vulnerable include-transitive',
    operands: 'path',
  },
  'dotnet restore': {
    why: 'no -s, --configfile, --packages, -p:',
    long: 'locked-mode nologo',
    operands: 'path',
  },
  'dotnet --info': { why: 'describes the SDK', operands: 'none' },
  'dotnet --list-sdks': { why: 'lists SDKs', operands: 'none' },
  'swift build': {
    why: 'no -X, --package-path, --build-path, --scratch-path',
    flags: 'v',
    values: 'c',
    long: 'verbose configuration= target= product=',
    only: { c: 'debug|release', configuration: 'debug|release' },
    operands: 'none',
  },
  'swift test': {
    why: 'no -X, --package-path, --scratch-path, --xunit-output',
    flags: 'v',
    long: 'verbose parallel filter= skip= list-tests',
    operands: 'none',
  },
  rubocop: {
    why: 'no -a, -A, -c, -r, -o, other -f, --plugin: they write or load code',
    flags: 'DSLP',
    values: 'f',
    long: 'display-cop-names parallel fail-level= only= except= lint color no-color format=',
    only: RUBOCOP_ONLY,
    operands: 'path',
  },
  phpunit: {
    why: 'no -c, --bootstrap, --extension, --include-path, logs',
    long: 'filter= testsuite= group= colors? testdox stop-on-failure debug list-tests',
    operands: 'path',
  },
};
