// Links to threads: what is copied opens, and nothing else names a thread.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { linkedThread, threadLink } from '../../../src/vscode/deepLinkText.ts';
import { createIds, systemClock } from '../../../src/node/system.ts';

describe('links to threads', () => {
  it('a copied link names its thread', () => {
    const ids = createIds(systemClock);
    for (let count = 0; count < 50; count += 1) {
      const id = ids.next('t');
      const link = new URL(threadLink('vscode', id));
      assert.equal(link.protocol, 'vscode:');
      assert.equal(link.host, 'countersign.countersign');
      assert.equal(linkedThread(link.pathname), id);
    }
  });

  it('no other path names one', () => {
    for (const path of [
      '',
      '/',
      '/thread',
      '/thread/',
      '/thread/t1/approve',
      '/thread/~t1',
      '/thread/..',
      '/thread/T1',
      '/thread/u1',
      '/thread/t1?x',
      '/thread/t1\n',
      '/approve/t1',
      '//thread/t1',
      `/thread/t${'1'.repeat(100)}`,
    ])
      assert.equal(linkedThread(path), undefined, path);
  });

  it('whatever comes, it is a plain id or nothing', () => {
    const tail = fc.oneof(fc.string({ unit: 'binary' }), fc.webPath());
    fc.assert(
      fc.property(fc.constantFrom('/thread/', '/thread/t', ''), tail, (head, rest) => {
        const id = linkedThread(head + rest);
        assert.ok(id === undefined || /^t[0-9a-z]+$/.test(id));
      }),
    );
  });
});
