// The page in a temporary thread: what it gives VS Code to keep holds nothing that was typed there.
import assert from 'node:assert/strict';
import { Controller } from '../../../webview/controller.ts';
import { snapshot, status } from '../../browser/webview/samples.ts';
import type { HostToView } from '../../../src/protocol/messages.ts';

function start(saved?: unknown) {
  const kept: unknown[] = [];
  const host = {
    post: () => undefined,
    loadState: () => saved,
    saveState: (state: unknown) => kept.push(state),
  };
  const controller = new Controller(host, () => undefined);
  return { controller, kept };
}

const kept = (composer: string): unknown => ({ version: 2, composer });

function shows(temporary: boolean): HostToView {
  const sample = status();
  assert.ok(sample.thread);
  return snapshot({ status: status({ thread: { ...sample.thread, temporary } }) });
}

describe('webview controller: temporary threads', () => {
  it('keeps what is typed in the composer of another thread', () => {
    const page = start();
    page.controller.receive(shows(false));
    page.controller.setComposer('kept');
    assert.deepEqual(page.kept.at(-1), kept('kept'));
  });

  it('keeps nothing that is typed in its composer', () => {
    const page = start();
    page.controller.receive(shows(true));
    page.controller.setComposer('secret');
    assert.equal(page.controller.drafts.composer, 'secret');
    assert.doesNotMatch(JSON.stringify(page.kept), /secret/);
  });

  it('takes what was typed before out of what is kept, and leaves nothing behind when it is left', () => {
    const page = start(kept('typed before'));
    page.controller.receive(shows(false));
    page.controller.receive(shows(true));
    assert.equal(page.controller.drafts.composer, 'typed before');
    assert.deepEqual(page.kept, [kept('')]);
    page.controller.setComposer('secret');
    page.controller.receive(shows(false));
    assert.equal(page.controller.drafts.composer, '');
    assert.doesNotMatch(JSON.stringify(page.kept), /secret/);
  });
});
