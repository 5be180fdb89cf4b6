// Operands are resolved from the working directory and keep the text they were written with.
import assert from 'node:assert/strict';
import { decide } from '../../../../src/core/policy/decide.ts';
import { resolveOperands } from '../../../../src/core/policy/operands.ts';
import { file, parser, rulesOf } from './support.ts';

describe('resolveOperands', () => {
  it('asks the files for each operand, relative ones below the working directory', async () => {
    const asked: string[] = [];
    const resolve = async (path: string) => {
      asked.push(path);
      return file('x');
    };
    const parse = await parser.parse('cat a /b HEAD:c --file=d', 'bash');
    const found = await resolveOperands(parse, file('src'), { resolve });
    assert.deepEqual(
      found.map((path) => path.input),
      ['a', '/b', 'HEAD:c', 'c', '--file=d', 'd'],
    );
    assert.deepEqual(asked.slice(0, 2), ['/ws/src/a', '/b']);
  });

  it('takes every part of a line, behind each folder it may run in', async () => {
    const parse = await parser.parse('cat a && cd b/c && cat d ../f <e', 'bash');
    const resolve = async (path: string) => file(path);
    const found = await resolveOperands(parse, file('src'), { resolve });
    assert.deepEqual(
      found.map((path) => path.input),
      ['a', 'b/c', 'b/c/', 'b/c/d', 'b/c/../f', 'b/c/e'],
    );
  });

  it('is empty for what asks anyway, and a missing operand is never allowed by a wildcard', async () => {
    const resolve = async () => file('x');
    const dynamic = await parser.parse('cat a; cat $b', 'bash');
    assert.deepEqual(await resolveOperands(dynamic, file(''), { resolve }), []);
    const parse = await parser.parse('cat a', 'bash');
    const subject = {
      group: 'shell',
      tool: 'run_command',
      shell: 'bash',
      cwd: file(''),
      parse,
    } as const;
    const decided = decide(subject, rulesOf({ allow: ['shell(cat *)'] }), { mode: 'default' });
    assert.equal(decided.verdict, 'ask');
    assert.match(decided.reason, /was not resolved/);
  });
});
