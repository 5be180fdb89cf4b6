import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createFileWriter } from '../../../../src/node/files/writer.ts';
import { temporaryName } from '../../../../src/node/files/temporaryNames.ts';
import { systemTexts } from '../../../../src/node/system.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../fakes/temporaryFolder.ts';

const SOURCE = new URL('../../../../src/node/files/', import.meta.url);

describe('what an atomic write leaves beside its target when its process is killed', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder({ a: 'old\n' });
  });
  afterEach(() => folder.dispose());

  /** Writes `a` in another process, which is killed between its temporary file and the step that counts. */
  function writeAndDie(): void {
    const script = `
      const { writeAtomically } = await import(${JSON.stringify(new URL('atomicWrite.ts', SOURCE).href)});
      const recheck = () => process.kill(process.pid, 'SIGKILL');
      const realPath = ${JSON.stringify(folder.at('a'))};
      await writeAtomically({ realPath, bytes: Buffer.from('half'), create: false, recheck });`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    assert.equal(run.signal, 'SIGKILL', run.stderr.toString());
  }
  const write = () =>
    createFileWriter({ texts: systemTexts })({
      ...{ realPath: folder.at('a'), newText: 'new\n', encoding: 'utf8' },
      baseHash: systemTexts.sha256('old\n'),
    });

  it('goes with the next write there', async () => {
    writeAndDie();
    assert.equal(readdirSync(folder.path).length, 2, 'it left something');
    assert.deepEqual(await write(), { kind: 'written' });
    assert.deepEqual(readdirSync(folder.path), ['a']);
  });

  it('goes, and nothing else does: not what a living process writes, nor what looks like ours', async () => {
    writeAndDie();
    const left = readdirSync(folder.path).find((name) => name !== 'a') ?? '';
    assert.match(left, /^\.countersign-\d+-\d+-[0-9a-f]{8}-[0-9a-f]{18}\.tmp$/);
    const [, pid, start, host, random] = left.replace('.tmp', '').split('-');
    const other = random?.replace(/./g, '0') ?? '';
    const kept = [
      temporaryName(),
      '.countersign-0123456789abcdef01.tmp',
      `.countersign-${pid}-${start}-${'0'.repeat(8)}-${other}.tmp`,
      `.countersign-${pid}-${start}-${host}-${other}.tmp.txt`,
      `countersign-${pid}-${start}-${host}-${other}.tmp`,
    ];
    for (const name of kept) writeFileSync(folder.at(name), '');
    // Named like it, but no file: a link and a folder.
    const odd = ['1', '2'].map((digit) => left.replace(random ?? '', digit.repeat(18)));
    symlinkSync('a', folder.at(odd[0] ?? ''));
    mkdirSync(folder.at(odd[1] ?? ''));
    assert.deepEqual(await write(), { kind: 'written' });
    assert.deepEqual(readdirSync(folder.path).sort(), ['a', ...kept, ...odd].sort());
  });
});
