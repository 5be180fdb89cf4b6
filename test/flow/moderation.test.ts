// Moderation through the whole command line: settings, the key it is handed, a real endpoint.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { json, startModerationServer, type ModerationServer } from '../fakes/moderationServer.ts';
import { reject, respond, show, useFlow } from './support.ts';
import type { RunOptions } from './support.ts';

const KEY = 'sk-moderation-canary-0123456789';
const command = { toolCalls: [{ id: 'c', name: 'run_command', args: { command: 'ls' } }] };
const done = { text: 'Done.' };

describe('moderation on the command line', function () {
  this.timeout(60_000);
  const flow = useFlow({ 'a.txt': 'a\n' });
  let server: ModerationServer;

  beforeEach(async () => {
    server = await startModerationServer();
  });
  afterEach(() => server.dispose());
  const options = (): RunOptions => ({
    env: { COUNTERSIGN_MODERATION_KEY: KEY, COUNTERSIGN_API_KEY: 'sk-of-the-model' },
    settings: {
      'countersign.screening.moderation': 'endpoint',
      'countersign.screening.moderationBaseUrl': server.baseUrl,
    },
  });

  it('flagged words are refused with their code, and the action waits for other ones', async () => {
    const flagged = await flow().run([done], { ...options(), prompt: 'a forbidden word' });
    assert.equal(flagged.end['code'], 'screening_failed', show(flagged));
    assert.notEqual(flagged.status, 0);
    const started = await flow().run([command, done], { ...options(), prompt: 'list them' });
    assert.equal(started.status, 3, show(started));
    const { actionId } = started.end;
    const decide = (decision: unknown) =>
      flow().decide(actionId, { decisions: { c: decision } }, options());
    const refused = await decide(respond('a forbidden word'));
    assert.deepEqual([refused.end.type, refused.end['code']], ['refused', 'screening_failed']);
    assert.match(show(refused), /violence, harassment\/threatening in text of c/);
    server.answer = (response) => json(response, {}, 500);
    const down = await decide(reject('no'));
    assert.equal(down.end['code'], 'screening_failed');
    assert.match(show(down), /could not be moderated/);
    server.answer = undefined;
    const taken = await decide(respond('a nice word'));
    assert.equal(taken.status, 0, show(taken));
    assert.deepEqual(server.texts(), [
      ...['a forbidden word', 'list them', 'a forbidden word', 'no', 'a nice word'],
    ]);
    for (const { headers } of server.requests) {
      assert.equal(headers.authorization, `Bearer ${KEY}`);
    }
    const folder = path.dirname(flow().stateFile);
    for (const name of await readdir(folder)) {
      const bytes = await readFile(path.join(folder, name));
      assert.ok(!bytes.includes(KEY) && !bytes.includes('a forbidden word'), name);
    }
  });

  it('the key of the moderation is in no environment and no output of a command', async function () {
    if (process.platform !== 'linux') this.skip();
    const search = `tr '\\0' '\\n' < /proc/$PPID/environ | grep -c '^PATH='; for one in /proc/[0-9]*/environ; do tr '\\0' '\\n' 2>/dev/null < "$one" | grep -a 'sk-moderation-canar[y]'; done; true`;
    const searching = {
      toolCalls: [{ id: 'c', name: 'run_command', args: { command: search } }],
    };
    const started = await flow().run([searching, done], { ...options(), prompt: 'look' });
    const decisions = { decisions: { c: { type: 'approve' } as const } };
    const ended = await flow().decide(started.end.actionId, decisions, options());
    assert.equal(ended.status, 0, show(ended));
    assert.doesNotMatch(show(ended), /sk-moderation-canary/);
  });
});
