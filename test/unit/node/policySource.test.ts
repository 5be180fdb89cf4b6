// The rules in force: what the user acknowledged of a workspace's allow list counts at the next call, in this window and in
// others; and what they are shown and say of it.
import assert from 'node:assert/strict';
import { createAllowListDesk } from '../../../src/core/policy/allowListDesk.ts';
import { compileGlob } from '../../../src/node/globs.ts';
import { createPolicySource } from '../../../src/node/policySource.ts';
import { systemTexts } from '../../../src/node/system.ts';
import { checkShellSamples } from '../../../src/core/policy/ruleSamples.ts';
import { acknowledgementsInMemory } from '../../fakes/acknowledgements.ts';
import { decideCommand, parser } from '../core/policy/support.ts';
import type { ConsentStore } from '../../../src/core/ports/consentStore.ts';

const ALLOW = 'countersign.approval.allow';
const clock = { now: () => Date.parse('2026-01-01T00:00:00Z') };

describe('a workspace’s allow list in force', () => {
  let list: unknown;
  let trusted: boolean;
  let consent: ReturnType<typeof acknowledgementsInMemory>;
  let changed: Set<() => void>;
  beforeEach(() => {
    list = ['shell(ls)'];
    trusted = true;
    consent = acknowledgementsInMemory();
    changed = new Set();
  });

  const settings = {
    read: () => ({ user: {}, workspace: list === undefined ? {} : { [ALLOW]: list }, trusted }),
    onChange: (listener: () => void) => {
      changed.add(listener);
      return { dispose: () => changed.delete(listener) };
    },
  };
  const source = (
    from: Pick<ConsentStore, 'acknowledgements'> = consent,
    onRead: () => void = () => undefined,
  ) => {
    const read = (): ReturnType<typeof settings.read> => {
      onRead();
      return settings.read();
    };
    const watched = { ...settings, read };
    return createPolicySource({ settings: watched, parser, shell: 'bash', clock, consent: from });
  };
  const desk = (from: typeof consent = consent) =>
    createAllowListDesk({
      ...{ settings, consent: from, texts: systemTexts, clock, globs: compileGlob },
      checked: (rules) => checkShellSamples(rules, parser, 'bash'),
    });
  const change = (to: unknown): void => {
    list = to;
    changed.forEach((listener) => listener());
  };

  async function verdict(policy: ReturnType<typeof source>, command = 'ls'): Promise<string> {
    await policy.settled();
    return (await decideCommand(command, policy.rules())).verdict;
  }

  /** Looks at the list and says yes or no to what was shown. */
  async function say(accepted: boolean): Promise<boolean> {
    const shown = await desk().review();
    assert.ok(shown);
    return desk().say({ hash: shown.hash, accepted, by: 'window 1' });
  }

  it('counts at the next call of every window once it is acknowledged, and asks again when it changes', async () => {
    const [here, there] = [source(), source()];
    assert.equal(await verdict(here), 'ask');
    assert.match(here.notice() ?? '', /one rule that would allow calls/);
    assert.equal(await say(true), true);
    assert.equal(await verdict(here), 'allow');
    assert.equal(await verdict(there), 'allow');
    assert.equal(there.notice(), null);
    change(['shell(ls)', 'shell(pwd)']);
    assert.equal(await verdict(here), 'ask');
    assert.match(here.notice() ?? '', /2 rules.*not the ones that you looked at/);
    change(['shell(ls)']);
    assert.equal(await verdict(here), 'allow');
  });

  it('a look that takes long does not bring back what was said before it', async () => {
    await say(true);
    let late: ((value: unknown) => void) | undefined;
    const slow = new Promise((resolve) => (late = resolve));
    let reads = 0;
    const policy = source({
      acknowledgements: async () => {
        const found = await consent.acknowledgements();
        if ((reads += 1) === 1) await slow;
        return found;
      },
    });
    const first = policy.settled();
    await new Promise(setImmediate);
    await say(false);
    const second = policy.settled();
    await new Promise(setImmediate);
    late?.(undefined);
    await Promise.all([first, second]);
    assert.equal((await decideCommand('ls', policy.rules())).verdict, 'ask');
  });

  it('the settings are read once for all calls between two changes', async () => {
    await say(true);
    let reads = 0;
    const policy = source(consent, () => (reads += 1));
    for (let calls = 0; calls < 5; calls += 1) assert.equal(await verdict(policy), 'allow');
    assert.equal(reads, 2);
    change(['shell(pwd)']);
    assert.equal(await verdict(policy), 'ask');
    assert.equal(reads, 4);
  });

  it('a refusal is remembered for exactly this list: it asks, and nothing is said of it any more', async () => {
    const policy = source();
    await say(true);
    await say(false);
    assert.equal(await verdict(policy), 'ask');
    assert.equal(policy.notice(), null);
    assert.equal((await desk().review())?.said, 'refused');
    change(['shell(ls) ']);
    await policy.settled();
    assert.notEqual(policy.notice(), null);
  });

  it('before trust it does not count, is not spoken of and cannot be acknowledged', async () => {
    await say(true);
    trusted = false;
    const policy = source();
    assert.equal(await verdict(policy), 'ask');
    assert.equal(policy.notice(), null);
    await assert.rejects(desk().review(), /Restricted Mode/);
    await assert.rejects(desk().say({ hash: '', accepted: true, by: 'x' }), /Restricted Mode/);
  });

  it('a list that changed while it was shown is not acknowledged, nor is another one', async () => {
    const shown = await desk().review();
    change(['shell(ls)', 'shell(rm *)']);
    assert.equal(await desk().say({ hash: shown?.hash ?? '', accepted: true, by: 'x' }), false);
    change(undefined);
    assert.equal(await desk().say({ hash: shown?.hash ?? '', accepted: true, by: 'x' }), false);
    assert.deepEqual(await consent.acknowledgements(), []);
    assert.equal(await desk().review(), null);
  });

  it('an acknowledgement that is of something else, or cannot be read, counts for nothing', async () => {
    await say(true);
    const [said] = await consent.acknowledgements();
    assert.ok(said);
    const rows = [
      { ...said, kind: 'hook' as const },
      { ...said, subject: 'countersign.approval.deny' },
      { ...said, accepted: false },
      { ...said, text: '' },
    ];
    for (const row of rows) {
      assert.equal(await verdict(source({ acknowledgements: async () => [row] })), 'ask');
    }
    const broken = { acknowledgements: async () => Promise.reject(new Error('locked')) };
    assert.equal(await verdict(source(broken)), 'ask');
  });

  it('what counted stops when it can be read no more or was forgotten', async () => {
    await say(true);
    let rows = await consent.acknowledgements();
    const policy = source({ acknowledgements: async () => rows });
    assert.equal(await verdict(policy), 'allow');
    rows = [];
    assert.equal(await verdict(policy), 'ask');
    assert.notEqual(policy.notice(), null);
  });

  it('nothing is read where the workspace brings no list', async () => {
    list = undefined;
    const consulted = { acknowledgements: async () => Promise.reject(new Error('read')) };
    const policy = source(consulted);
    assert.equal(await policy.refresh(), false);
    assert.equal(policy.notice(), null);
  });

  it('shows every rule, what is new and gone since the last look, and what is wrong', async () => {
    await say(true);
    const broken = { rule: 'shell(git log *)', match: ['git push'] };
    change(['shell(pwd)', 'Bash(id)', broken]);
    const shown = await desk().review();
    assert.deepEqual(shown?.entries.slice(0, 2), [
      { text: '"shell(pwd)"', added: true },
      { text: '"Bash(id)"', added: true },
    ]);
    assert.deepEqual(shown?.removed, ['"shell(ls)"']);
    assert.deepEqual([...new Set(shown?.problems.map(({ index }) => index))], [1, 2]);
    assert.equal(shown?.said, null);
  });
});
