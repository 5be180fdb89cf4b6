// Which files of a command line count as what it runs or loads.
import assert from 'node:assert/strict';
import { scriptOperands } from '../../../../src/core/policy/scriptOperands.ts';
import { parser } from './support.ts';

/** Paths of each operand, joined by `|`; `?` where it counts only when something is there. */
async function found(line: string): Promise<string> {
  const { files, unknown } = scriptOperands(await parser.parse(line, 'bash'), 'bash');
  const named = files.map(({ paths, always }) => `${paths.join('|')}${always ? '' : '?'}`);
  const all = [...named, ...unknown.map((word) => `UNKNOWN ${word}`)];
  return [...new Set(all)].join(' ');
}

const PACKAGE = 'package.json|../package.json|../../package.json|../../../package.json';
const CASES: [string, string][] = [
  ['./build.sh --fast src/a.ts', './build.sh'],
  ['sh scripts/x.sh a b', 'scripts/x.sh'],
  ['bash -euxo pipefail scripts/x.sh', 'pipefail? scripts/x.sh'],
  ["bash -c 'sh inner.sh'", 'inner.sh'],
  ['bash < x.sh', 'x.sh'],
  ['cat x.sh | sh', 'x.sh?'],
  ['source env.sh', 'env.sh'],
  ['. ./env.sh', './env.sh'],
  ['node x', 'x|x.js|x.json|x.node'],
  ['node -r ./hook.js app.js', './hook.js app.js|app.js.js|app.js.json|app.js.node'],
  ['node --import=./hook.mjs app.js', './hook.mjs app.js|app.js.js|app.js.json|app.js.node'],
  ["node -e 'x' a.js", ''],
  ['python3 a.py b.txt', 'a.py'],
  ['python3.12 a.py', 'a.py'],
  ['python3 -m http.server', ''],
  ['python3 -W ignore a.py', 'ignore? a.py'],
  ['timeout 5 env A=1 sh x.sh', 'x.sh'],
  ['sudo ./deploy', './deploy'],
  ['npx tsx scripts/a.ts', 'scripts/a.ts|scripts/a.ts.js|scripts/a.ts.json|scripts/a.ts.node'],
  ['find . -name x -exec sh do.sh {} +', 'do.sh'],
  ['find . | xargs sh do.sh', 'do.sh'],
  ['make -f build.mk all', 'build.mk'],
  ['make', 'GNUmakefile|makefile|Makefile'],
  ['make -C sub', 'sub/GNUmakefile|sub/makefile|sub/Makefile'],
  ['npm test', PACKAGE],
  ['npm install x', ''],
  [
    'npm --prefix web run build',
    PACKAGE.split('|')
      .map((one) => `web/${one}`)
      .join('|'),
  ],
  ['yarn add x', ''],
  ['yarn build', PACKAGE],
  ['awk -f prog.awk data.txt', 'prog.awk'],
  ['sed -f s.sed a.txt', 's.sed'],
  ['mocha test/a.test.ts', 'test/a.test.ts?'],
  ['BASH_ENV=./evil.sh bash x.sh', './evil.sh x.sh'],
  ['LD_PRELOAD=./a.so ls', './a.so'],
  ['sh $FILE', 'UNKNOWN $FILE'],
  ['sh scripts/*.sh', 'UNKNOWN scripts/*.sh'],
  ['$PROG x', 'UNKNOWN $PROG'],
  ['cd sub && sh x.sh', 'sub/x.sh'],
  ['cat a.txt; grep x b.txt; git status', ''],
  ['prettier --write src/a.ts', ''],
  ['/usr/bin/env ls', ''],
  ['/tmp/x.sh', '/tmp/x.sh'],
];

describe('what a command line runs by name', () => {
  for (const [line, expected] of CASES) {
    it(`${line} → ${expected === '' ? 'nothing' : expected} (U11)`, async () => {
      const files = await found(line);
      assert.deepEqual(files.split(' ').sort(), expected.split(' ').sort());
    });
  }
});
