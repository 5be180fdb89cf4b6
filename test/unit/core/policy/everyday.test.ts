// What is typed at work, under the usual rules: hardly any of it is asked about, and what lies next to it still is.
import assert from 'node:assert/strict';
import { decideCommand, rulesOf } from './support.ts';
import { EVERYDAY } from './table/everyday.ts';
import { ASKED_STILL } from './table/everydayAsked.ts';
import { EVERYDAY_TOOLS } from './table/everydayTools.ts';
import { lines, USUAL, type Line } from './table/lines.ts';
import type { RuleSet } from '../../../../src/core/policy/types.ts';

const FILES = [
  'README.md',
  'package.json',
  'src/a.ts',
  'src/b.ts',
  'src/c.tsx',
  'src/web/d.ts',
  'src/x.txt',
  'src/x.log',
  'docs/a.md',
  'packages/web/README.md',
  'packages/web/package.json',
  'packages/web/src/i.ts',
];
const FOLDERS = [
  'src',
  'src/',
  './src',
  'src/web',
  '.',
  'my dir',
  'src\\web',
  '.\\src',
  'src/..',
  'src/../src',
  'notyet',
  'packages/notyet',
];

const listed = (list: string): string[] => list.split('|').map((rule) => `shell(${rule})`);

function rulesFor({ allow, shell, group }: Line): RuleSet {
  const own = allow.map((rule) => `shell(${rule})`);
  const windows = { powershell: 'Remove-Item *', cmd: 'del *|rd *' };
  const denied = shell === 'powershell' || shell === 'cmd' ? listed(windows[shell]) : [];
  return rulesOf({
    allow: [...listed(USUAL.allow), ...own],
    deny: [...listed(USUAL.deny), ...denied],
    ask: group === 'commit' || own.includes('shell(git *)') ? [] : listed(USUAL.ask),
  });
}

interface Verdict {
  verdict: string;
  told: string;
}

async function verdictOn(line: Line, files: readonly string[] = FILES): Promise<Verdict> {
  const links = { 'src/link.ts': '/etc/passwd', 'src/linked': '/etc', 'src/linked/x': '/etc/x' };
  const { shell } = line;
  const world = { shell, files, links, folders: FOLDERS };
  const { verdict, reason } = await decideCommand(line.command, rulesFor(line), world);
  return { verdict, told: `${shell} ${JSON.stringify(line.command)}: ${verdict}, ${reason}` };
}

/** The most of the lines that may be asked about. */
const MAX_ASKED = 0.045;

describe('what is typed at work', function () {
  this.timeout(60_000);
  const all = [...EVERYDAY, ...EVERYDAY_TOOLS];

  it(`allows ${String(all.length)} lines but for those that are listed`, async () => {
    const wrong: string[] = [];
    let asked = 0;
    for (const line of all) {
      const { verdict, told } = await verdictOn(line);
      if (verdict !== 'allow') asked += 1;
      if (
        (verdict === 'ask') !== ASKED_STILL.has(`${line.shell} ${line.command}`) ||
        verdict === 'deny'
      )
        wrong.push(told);
    }
    assert.deepEqual(wrong, []);
    assert.ok(asked <= all.length * MAX_ASKED, `${String(asked)} are asked about`);
  });

  it('asks about what a glob stands for when one of the names is not to be read', async () => {
    const beside = (name: string): string[] => [...FILES, name];
    const cases: [string, readonly string[]][] = [
      ['cat src/*', beside('src/id_rsa')],
      ['cat src/*', beside('src/link.ts')],
      ['cat src/*.ts', beside('src/link.ts')],
      ['cat src/*/x', beside('src/linked/x')],
      ['cat src/**/x', beside('src/linked/x')],
      ['cat src/*.json', beside('src/credentials.json')],
      ['wc -l src/**/*', beside('src/deep/down/key.pem')],
      ['cat *', beside('-n')],
      ['sort *', beside('-ox')],
      ['rg x *', beside('--pre=x')],
      ['cat src/[a-z]*', beside('src/server.key')],
      ['cat src/{a.ts,server.key}', FILES],
      ['cat {a,.env}', FILES],
      ['cat src/{a,../../x}', FILES],
      ['uniq src/*.ts', FILES],
      ['find src/* -delete', FILES],
      ['cat .e*', beside('.env')],
      ['cat .*', FILES],
      ['cat ../*', FILES],
      ['cat /etc/*', FILES],
      ['cat ~/*', FILES],
      ['cat src/../../*', FILES],
      ['cat "src"/*', FILES],
      ['cat $x/*', FILES],
      ['ca* a', FILES],
      ['cat < src/*.ts', FILES],
      ['echo x > src/*.ts', FILES],
      ['cat src/*', Array.from({ length: 300 }, (_, i) => `src/f${String(i)}.ts`)],
    ];
    const wrong: string[] = [];
    for (const [command, files] of cases) {
      const [line] = lines('glob', [command]);
      if (line === undefined) continue;
      const { verdict, told } = await verdictOn(line, files);
      if (verdict === 'allow') wrong.push(told);
    }
    assert.deepEqual(wrong, []);
  });

  it('denies and asks by the names that a glob stands for', async () => {
    const rules = rulesOf({
      allow: ['shell(cat *)'],
      deny: ['shell(cat src/a.ts *)'],
      ask: ['shell(cat docs/a.md)'],
    });
    const verdict = async (command: string): Promise<string> =>
      (await decideCommand(command, rules, { files: FILES })).verdict;
    assert.equal(await verdict('cat src/*.ts'), 'deny');
    assert.equal(await verdict('cat docs/*'), 'ask');
    assert.equal(await verdict('cat packages/web/*.md'), 'allow');
    assert.equal(await verdict('cat *.md'), 'ask');
    assert.equal(await verdict('cat missing/*'), 'ask');
  });

  it('still asks about what lies next to it', async () => {
    const wrong: string[] = [];
    for (const line of NEXT_TO_IT) {
      const { verdict, told } = await verdictOn(line, [...FILES, '.env']);
      if (verdict === 'allow') wrong.push(told);
    }
    assert.deepEqual(wrong, []);
  });
});

const NEXT_TO_IT: readonly Line[] = [
  ...lines('npm', [
    'npm run build -- --config=./evil.js',
    'npm run build -- --config evil.js',
    'npm run test -- --reporter=./evil.js',
    'npm run test -- --require ./evil.js',
    'npm run test -- -r ./evil.js',
    'npm run build -- --outDir=../x',
    'npm run build -- ../../x',
    'npm run build -- .env',
    'npm run build -- --mode=../x',
    'npm run lint -- --fix',
    'npm run lint -- -o x',
    'npm run build --script-shell=./evil.sh',
    'npm run build --prefix evil',
    'npm run build --loglevel=../x',
    'npm run build --node-options=--require=./e.js',
    'npm run env -- --watch',
  ]),
  ...lines('search', [
    'rg --hidden foo',
    'rg -u foo',
    'rg -uu foo',
    'rg --no-ignore foo .',
    "rg --hidden -g '!.git' foo",
    "rg --hidden -g '!node_modules' foo .",
    "rg -g '*.{ts,env}' foo",
    "rg -g '.env' foo",
    "rg -g 'src/**/.env' foo",
    "rg -g '**/*' foo",
    "rg -g '*.pem' foo",
    "rg -g '*.{key,ts}' foo",
    'grep -r x .',
    'grep -rn --exclude-dir=node_modules foo .',
    "grep -r --include='*' foo .",
    "grep -r --include='*.env' foo .",
    'grep -rn foo --include=*.{ts,env} .',
    'grep --exclude-from=x foo a',
    'grep --include=.env -r x .',
    'find . -newer /etc/passwd',
    'find . -newer .env',
    'find . -samefile ../x',
    'find . -newer a -delete',
  ]),
  ...lines(
    'sed and jq',
    [
      "sed -e 's/a/b/' -e 'w x' a",
      "sed -e '1e touch x' a",
      "sed -n -e 's/a/b/w x' a",
      "sed --expression='w x' a",
      'sed -e p -i a',
      'sed -e p .env',
      "sed 's|a|b|e' a",
      "sed 's|a|b|w x' a",
      "sed 's#[#]#w x#' a",
      "sed 's|[]|]|e|' a",
      "sed 's,a,b,;w x' a",
      "sed 'y/a/b/;e' a",
      "sed '1~2w x' a",
      "sed -n '1~2e' a",
      'sed G;e a',
      "sed 'R .env' a",
      "jq '$ENV' a",
      "jq '$ ENV' a",
      "jq 'env' a",
      "jq '{a: env}' a",
      "jq '{a, b: env}' a",
      "jq '.a, env, .b' a",
      "jq '[.a, env]' a",
      'jq \'"\\(env)"\' a',
      'jq \'"\\($ENV.X)"\' a',
      'jq \'.[] | "\\(input_filename)"\' a',
      "jq '$__prog_args' a",
      'jq \'import "x" as y; .\' a',
      'jq \'include "x"; .\' a',
      'jq \'@sh "\\(env)"\' a',
      'jq --rawfile x .env . a',
      'jq -f x a',
      'jq . .env',
      "jq 'get_search_list' a",
      "jq '{env: 1} | env' a",
    ],
    ['sed *', 'jq *'],
  ),
  ...lines(
    'git',
    [
      'git branch x',
      'git branch -l x',
      'git branch --list -D x',
      'git branch -D x',
      'git branch -m a b',
      'git branch --merged main x',
      'git branch --set-upstream-to=x',
      'git branch -a --list x -d y',
      'git tag v1',
      'git tag -d v1',
      'git tag -l -d v1',
      'git tag -n5 v1',
      'git tag -f v1',
      'git config user.name x',
      'git config --get-all x',
      'git config --get core.editor --file .env',
      'git config --get http.extraheader',
      'git config --get credential.helper',
      'git config --get user.password',
      'git remote add x y',
      'git remote remove x',
      'git remote set-url origin x',
      'git remote show origin',
      'git remote update',
      'git reflog expire --all',
      'git reflog delete HEAD@{0}',
      'git diff --submodule=diff',
      'git diff -O.env',
      'git log --output=x',
      'git diff -M --output=x',
      'git status -ux',
      'git grep --open-files-in-pager foo',
      'git diff -- .env',
      'git diff -- .e*',
      "git diff -- ':(glob).env'",
      "git diff -- ':(top)*'",
    ],
    'git *',
  ),
  ...lines(
    'tools',
    [
      'mocha -R ./evil.js',
      'mocha --reporter=./evil.js',
      'vitest run --reporter=./evil.ts',
      'eslint -f ./evil.js .',
      'eslint --format=../evil .',
      'eslint --print-config ../x',
      'jest --coverageReporters=./evil',
      'playwright test --reporter=./evil.ts',
      'node --test --test-reporter=./evil.js',
      'tsc --watch',
      'tsc --outDir ../x',
      'pytest -p evil',
      'pytest -p no:x -p evil',
      'pytest -W error::evil.Warning',
      'pytest --cov-report=html:../x',
      'pytest -W ignore::a.b',
      'python -m pytest -p evil',
      'gradle -x test -I evil.gradle',
      'gradle -Dx=y test',
      'dotnet test --logger:./evil.dll',
      'dotnet test --logger trx',
      'dotnet test -l ./evil.dll',
      'rspec -f ./evil',
      'rspec --require ./evil',
      'rubocop --format ./evil',
      'make -j4 SHELL=x',
      'make -f evil.mk -j',
      'golangci-lint run --fix',
      'golangci-lint run -c evil.yml',
      'pylint --load-plugins=evil src',
      "pylint --init-hook='x' src",
      'pylint --rcfile=x src',
      'isort src',
      'isort --check --settings-path=../x .',
      'tox -c evil.ini',
      'tox -- x',
      'nox -f evil.py',
      'just -f evil',
      'just --shell sh x',
      'just X=1 test',
      'task -t evil.yml',
      'nx exec -- x',
      'nx generate x',
      'turbo run build --cwd=../x',
      'turbo run build --api=http://x',
      'vite build --config evil.js',
      'vite build --outDir ../x',
      'next lint --fix',
      'ctest -S evil.cmake',
      'ctest --test-dir ../x',
      'cmake --build ../x',
      'cmake --build build -- SHELL=x',
      'shellcheck ../x',
      'shellcheck .env',
      'bat --pager=./evil.sh a',
      'bat .env',
      'bat --diff a',
      'cloc --extract-with=./x a',
      'cloc --out=x .',
      'scc -o x',
      'lsof -D bx',
      'ss -K',
      'journalctl --vacuum-size=1',
      'journalctl -f',
      'journalctl --file=../x',
      'docker stats',
      'docker compose -f evil.yml top',
      'docker compose config',
      'docker context use x',
      'docker system prune',
      'kubectl config view',
      'kubectl get pods -o jsonpath-file=x',
      'kubectl get secret x -o jsonpath={.data}',
      'helm lint -f ../x .',
      'terraform state pull',
      'terraform workspace new x',
      'go env -w GOFLAGS=-toolexec=x',
      'rustup toolchain install x',
      'composer exec x',
      'mix test --require evil.exs',
      'dart test -r x',
      'dart format --output=x .',
      'zig build --build-file evil.zig',
      'yarn -v x',
      'pnpm -r exec x',
      'deno task --config x test',
      'deno task --eval x',
      'markdownlint -r ./evil.js a',
      'actionlint -shellcheck=./evil',
      'npm pack',
      'npm config set x y',
    ],
    'mocha vitest eslint jest playwright node tsc pytest gradle dotnet rspec rubocop make golangci-lint pylint isort tox nox just task nx turbo vite next ctest cmake shellcheck bat cloc scc lsof ss journalctl docker kubectl helm terraform go rustup composer mix dart zig yarn pnpm deno markdownlint actionlint npm'
      .split(' ')
      .map((name) => `${name} *`)
      .concat('python -m pytest *', 'node --test *'),
  ),
  ...lines(
    'powershell',
    [
      "Get-Content '.e*'",
      'Get-Content ".en?"',
      "Get-Content '.en[v]'",
      'Get-Content *',
      'Get-Content a.txt,.env',
      'Get-Content a.txt, ..\\x',
      "Get-Content 'a,.env'",
      'Get-Content src\\a.ts,C:\\x',
      'Get-Content -Path .e*',
      'Select-String -Path * -Pattern x',
      'Select-String -Path ..\\* -Pattern x',
      'Select-String x .env',
      'sls x .env',
      'sls -Path .e* x',
      'Get-Content Env:X',
      'Get-ChildItem -Recurse | Select-String foo',
      'Get-ChildItem | Where-Object { calc }',
      "Write-Output 'it''s'; Remove-Item x",
      "Write-Output 'a'';' ; Remove-Item x",
      'Get-FileHash .e*',
      'npm run a:b:\\x',
      'cd ..\\x; npm test',
    ],
    [
      'Get-Content *',
      'Select-String *',
      'sls *',
      'Get-ChildItem *',
      'Where-Object *',
      'Get-FileHash *',
    ],
    'powershell',
  ),
  ...lines(
    'cmd',
    [
      'type ".e*"',
      'type .e*',
      'type *',
      'type ..\\*',
      'findstr /s x *',
      'findstr /s x .e*',
      'findstr x ".e*"',
      'findstr /f:x y',
      'findstr /g:x y',
      'findstr /d:.. x a',
      'more .e*',
      'cd /d .. && npm test',
      'cd /d C:\\ && npm test',
      'cd /d D: && npm test',
      'npm run build>x',
      'npm run build>nul.txt',
      'echo a>b',
      'echo "^%PATH%"',
      'echo "a^" & del x',
      'dir /b/s & del x',
      'dir /x/y:z',
    ],
    ['type *', 'findstr *', 'more *', 'echo *', 'dir *'],
    'cmd',
  ),
  ...lines(
    'zsh',
    ["echo =ls'x'", 'echo a\\\nb*', "cat 'a'*", 'cat a~b', 'cat a^b', 'echo $x', 'cat src/*.ts'],
    [],
    'zsh',
  ),
  ...lines('cd', [
    'cd .. && npm test',
    'cd notyet/../.. && npm test',
    'cd /x && npm test',
    'cd README.md/x && git status',
  ]),
];
