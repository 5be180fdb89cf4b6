// Option lists of development tools and PowerShell cmdlets.
import type { OptionLists } from './optionList.ts';

export const TOOL_OPTIONS: OptionLists = {
  'npm run': {
    why: 'the script is what the rule allows; no --script-shell, --prefix, no words after --',
    flags: 's',
    values: 'w',
    long: 'silent if-present workspaces workspace=',
    operands: 'text',
  },
  'pnpm run': { why: 'as npm run', flags: 's', long: 'silent if-present', operands: 'text' },
  'yarn run': { why: 'as npm run', long: 'silent', operands: 'text' },
  'npm ls': {
    why: 'lists packages',
    flags: 'al',
    long: 'all depth= json long omit= parseable',
    operands: 'text',
  },
  tsc: {
    why: 'type checks; no --outDir, --outFile, --build, --generateTrace, --tsBuildInfoFile',
    values: 'p',
    pathValues: 'p project',
    long: 'noEmit p= project= pretty? skipLibCheck strict showConfig listFiles listFilesOnly version v',
    singleDash: true,
    operands: 'path',
  },
  eslint: {
    why: 'no --fix, -o, --cache, -c, --rulesdir, --plugin, --parser, -f: they write files or load code',
    long: 'ext= max-warnings= quiet color no-color no-inline-config no-error-on-unmatched-pattern report-unused-disable-directives no-warn-ignored',
    operands: 'path',
    ends: true,
  },
  prettier: {
    why: 'no --write, --config, --plugin, --find-config-path',
    flags: 'cl',
    long: 'check list-different ignore-unknown no-color log-level=',
    operands: 'path',
    ends: true,
  },
  'cargo test': {
    why: 'no --config, --manifest-path, --target-dir',
    flags: 'qvr',
    values: 'pjF',
    long: 'all-features no-default-features features= release workspace all lib bins tests examples doc bin= test= package= exclude= no-run no-fail-fast verbose quiet locked offline frozen all-targets jobs= color=',
    operands: 'text',
  },
  'cargo check': {
    why: 'no --config, --manifest-path, --target-dir',
    flags: 'qvr',
    values: 'pjF',
    long: 'all-features no-default-features features= release workspace all lib bins tests examples bin= test= package= exclude= verbose quiet locked offline frozen all-targets jobs= color= message-format=',
    operands: 'none',
  },
  'cargo build': {
    why: 'no --config, --manifest-path, --target-dir',
    flags: 'qvr',
    values: 'pjF',
    long: 'all-features no-default-features features= release workspace all lib bins tests examples bin= test= package= exclude= verbose quiet locked offline frozen all-targets jobs= color= message-format=',
    operands: 'none',
  },
  'cargo clippy': {
    why: 'no --fix, --config, --manifest-path',
    flags: 'qvr',
    values: 'pjFDWA',
    long: 'all-features no-default-features features= release workspace all lib bins tests examples package= exclude= verbose quiet locked offline frozen all-targets jobs= color= no-deps',
    operands: 'text',
    ends: true,
  },
  'go vet': {
    why: 'no -vettool, -toolexec, -C, -overlay, -modfile',
    long: 'v n json c=',
    singleDash: true,
    operands: 'text',
  },
  'go test': {
    why: 'no -exec, -toolexec, -o, profiles, -C, -overlay, -modfile',
    long: 'v race short cover run= count= timeout= bench= benchmem failfast json parallel= cpu= list= shuffle= vet=',
    singleDash: true,
    operands: 'text',
  },
  pytest: {
    why: 'no -p, -c, --rootdir, -o, reports: they load code or write files',
    flags: 'vqxsl',
    values: 'km',
    long: 'maxfail= tb= verbose quiet lf ff last-failed failed-first exitfirst collect-only durations= no-header no-summary color= strict-markers',
    operands: 'path',
  },
};

export const POWERSHELL_OPTIONS: OptionLists = {
  'get-childitem': {
    why: 'lists names',
    pathValues: 'path',
    long: 'recurse file directory name depth= filter= force path= include= exclude= hidden',
    singleDash: true,
    operands: 'path',
  },
  'get-content': {
    why: 'prints files; no -Wait, -Stream',
    long: 'totalcount= tail= raw encoding= first= last=',
    singleDash: true,
    operands: 'path',
  },
  'select-string': {
    why: 'searches',
    long: 'pattern= simplematch casesensitive quiet list notmatch allmatches context=',
    singleDash: true,
    operands: 'pattern',
  },
  'select-object': {
    why: 'picks',
    long: 'first= last= skip= unique property= expandproperty=',
    singleDash: true,
    operands: 'text',
  },
  'sort-object': {
    why: 'sorts',
    long: 'descending unique property=',
    singleDash: true,
    operands: 'text',
  },
  'measure-object': {
    why: 'counts',
    long: 'line word character sum average maximum minimum property=',
    singleDash: true,
    operands: 'text',
  },
  'test-path': {
    why: 'looks whether a file is there',
    long: 'pathtype=',
    singleDash: true,
    operands: 'path',
  },
  'write-output': { why: 'prints', long: 'noenumerate', singleDash: true, operands: 'text' },
};
