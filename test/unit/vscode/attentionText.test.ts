// When and how a window says that a turn waits.
import assert from 'node:assert/strict';
import { attends, waitingText } from '../../../src/vscode/attentionText.ts';
import { plain } from '../../../src/vscode/plainText.ts';
import { commandProposal, openAction, request } from '../../contract/storeFixtures.ts';
import manifest from '../../../package.json' with { type: 'json' };
import type { Proposal } from '../../../src/protocol/calls.ts';

const text = (proposal: Proposal, title = 'T'): string =>
  waitingText(openAction({ requests: [{ ...request(), proposal }] }), title);

describe('attention', () => {
  it('a window speaks up as its user wants it', () => {
    assert.deepEqual(
      (['off', 'unfocused', 'always'] as const).map((when) => [
        attends({ whenWaiting: when, sound: false }, true).notifies,
        attends({ whenWaiting: when, sound: false }, false).notifies,
      ]),
      [
        [false, false],
        [false, true],
        [true, true],
      ],
    );
  });

  it('it sounds only when its user wants a sound, with the notification, and not unless they say so', () => {
    const sounds = (whenWaiting: 'off' | 'unfocused' | 'always', sound: boolean): boolean[] =>
      [true, false].map((focused) => attends({ whenWaiting, sound }, focused).sounds);
    assert.deepEqual(sounds('always', false), [false, false]);
    assert.deepEqual(sounds('always', true), [true, true]);
    assert.deepEqual(sounds('unfocused', true), [false, true]);
    assert.deepEqual(sounds('off', true), [false, false]);
    const [, byDefault] =
      /"countersign\.notify\.sound":\{[^}]*"default":(\w+)/.exec(JSON.stringify(manifest)) ?? [];
    assert.equal(byDefault, 'false');
  });

  it('it says what waits and where', () => {
    assert.equal(text(commandProposal), 'Waits for your decision in “T”: Run npm test');
    const question: Proposal = {
      kind: 'question',
      question: 'Which?',
      options: [],
      multiSelect: false,
    };
    assert.equal(text(question), 'The agent asks in “T”. Question: Which?');
    const batch = openAction({ requests: [request('a'), request('b')] });
    assert.equal(waitingText(batch, 'T'), '2 calls wait for your decision in “T”.');
  });

  it('text of others is no link, hides nothing and has an end (U15)', () => {
    const hostile = `\u202e[Allow](command:workbench.action.quit)\n${'x'.repeat(900)}`;
    const shown = plain(
      text({ ...commandProposal, command: hostile } as Proposal, hostile.slice(0, 50)),
    );
    assert.ok(!shown.includes('](') && !shown.includes('\u202e') && !shown.includes('\n'));
    assert.ok(shown.length < 400);
  });
});
