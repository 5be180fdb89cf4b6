// Hooks on the command line: only what was acknowledged in this state file, with the key that sealed it, runs.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { rgPath } from '@vscode/ripgrep';
import { openEngine } from '../../src/node/openEngine.ts';
import { recordingLogger } from '../fakes/recordingLogger.ts';
import { useFlow } from './support.ts';

const KEY = 'a7'.repeat(32);
const KEYED = { COUNTERSIGN_CONSENT_KEY: KEY };
const FILE = '.github/hooks/guard.json';
const DENY = 'touch asked; echo not here >&2; exit 2';
const MODULES = path.resolve(import.meta.dirname, '../../node_modules');

describe('hooks on the command line', function () {
  this.timeout(60_000);
  const flow = useFlow({
    [FILE]: JSON.stringify({ hooks: { PreToolUse: [{ type: 'command', command: DENY }] } }),
  });
  const asked = (): boolean => existsSync(flow().at('asked'));
  const touch = [
    { toolCalls: [{ id: 'c1', name: 'run_command', args: { command: 'touch ran' } }] },
    { text: 'Done' },
  ];

  /** As the editor does it, on the same state file. */
  async function acknowledge(): Promise<void> {
    const opened = await openEngine({
      stateFile: flow().stateFile,
      roots: [flow().workspace],
      assets: {
        wasmDir: path.join(MODULES, '@vscode/tree-sitter-wasm/wasm'),
        rgPath,
        demoScript: '',
      },
      settings: {
        read: () => ({ user: {}, workspace: {}, trusted: true }),
        onChange: () => ({ dispose: () => undefined }),
      },
      secrets: { get: async (name) => (name === 'consent' ? KEY : undefined) },
      logger: recordingLogger(),
    });
    for (const { subject, hash } of (await opened.hooks.review()).hooks) {
      await opened.hooks.answer({ subject, hash, accepted: true, by: 'test' });
    }
    opened.dispose();
  }

  it('nothing of a workspace that nobody looked at runs, with a key or without', async () => {
    for (const env of [{}, KEYED]) {
      const { end } = await flow().run(touch, { env });
      assert.equal(end.type, 'turn.paused');
      assert.equal(asked(), false);
    }
  });

  it('what was acknowledged denies; under another key, or without any, it does not run', async () => {
    await acknowledge();
    for (const env of [{}, { COUNTERSIGN_CONSENT_KEY: 'b8'.repeat(32) }]) {
      const { end } = await flow().run(touch, { env });
      assert.equal(end.type, 'turn.paused');
      assert.equal(asked(), false);
    }
    const { end, lines } = await flow().run(touch, { env: KEYED });
    assert.equal(end.type, 'turn.finished');
    assert.ok(asked() && !existsSync(flow().at('ran')));
    const blocked = lines.find(({ callId, state }) => callId === 'c1' && state === 'blocked');
    assert.equal(blocked?.why?.layer, 'hook');
    assert.match(blocked.why.reason, /denies it: not here/);
  });
});
