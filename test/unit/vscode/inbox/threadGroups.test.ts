// Groups of the Threads view: what waits first, then what runs, the rest by day; nothing twice and nothing lost.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  contextValue,
  lookOf,
  threadGroups,
  threadText,
} from '../../../../src/vscode/inbox/threadGroups.ts';
import type { ThreadEntry } from '../../../../src/core/ports/libraryStore.ts';
import { TurnStatus, UNFINISHED } from '../../../../src/protocol/calls.ts';
import { countHidden } from '../../../../src/protocol/displayBytes.ts';

const NOW = new Date(2026, 10, 22, 12, 0).getTime();
const HOUR = 3_600_000;
const entry = (changes: Partial<ThreadEntry> = {}): ThreadEntry => ({
  ...{ id: 't1', title: 'Title', opening: null, createdAt: 0, updatedAt: NOW - HOUR },
  ...{ archived: false, status: 'finished' },
  ...changes,
});
const none = { underWay: [], atRest: [], archived: [] };

describe('groups of the threads view', () => {
  it('come by state, then by day, the archived ones last and closed', () => {
    const underWay = (['interrupted', 'queued', 'running', 'paused', 'expired'] as const).map(
      (status, at) => entry({ id: `u${at}`, status }),
    );
    const atRest = [2, 20, 80, 400].map((hours, at) =>
      entry({ id: `r${at}`, updatedAt: NOW - hours * HOUR }),
    );
    const groups = threadGroups({ underWay, atRest, archived: [entry({ archived: true })] }, NOW);
    assert.deepEqual(
      groups.map(({ label, entries }) => [label, entries.map(({ id }) => id).join()]),
      [
        ['Waiting for you', 'u3'],
        ['At work', 'u2'],
        ['Queued', 'u1'],
        ['Expired or interrupted', 'u0,u4'],
        ['Today', 'r0'],
        ['Yesterday', 'r1'],
        ['Last 7 days', 'r2'],
        ['Older', 'r3'],
        ['Archived', 't1'],
      ],
    );
    assert.deepEqual(
      groups.map(({ collapsed }) => collapsed),
      [false, false, false, false, false, false, false, false, true],
    );
    assert.deepEqual(threadGroups(none, NOW), []);
  });

  it('every thread stands in exactly one', () => {
    const made = fc.record({
      status: fc.constantFrom(...UNFINISHED),
      updatedAt: fc.integer({ min: 0, max: NOW }),
    });
    fc.assert(
      fc.property(fc.array(made), fc.array(made), (open, over) => {
        const underWay = open.map((one, at) => entry({ ...one, id: `u${at}` }));
        const atRest = over
          .toSorted((a, b) => b.updatedAt - a.updatedAt)
          .map(({ updatedAt }, at) => entry({ updatedAt, id: `r${at}` }));
        const groups = threadGroups({ ...none, underWay, atRest }, NOW);
        const shown = groups.flatMap(({ entries }) => entries.map(({ id }) => id));
        assert.deepEqual(shown.toSorted(), [...underWay, ...atRest].map(({ id }) => id).toSorted());
        assert.equal(new Set(groups.map(({ id }) => id)).size, groups.length);
      }),
    );
  });

  it('every state has a picture and a word of its own', () => {
    const looks = [...TurnStatus.options, null].map((status) => lookOf({ status }));
    assert.equal(new Set(looks.map(({ icon }) => icon)).size, looks.length);
    assert.equal(new Set(looks.map(({ word }) => word)).size, looks.length);
  });

  it('a temporary or archived thread says so, to the eye, the ear and the menus', () => {
    const plain = threadText(entry(), NOW);
    assert.deepEqual(
      [plain.label, plain.description, plain.spoken],
      ['Title', '1 h', 'Title, done, last message 1 h ago'],
    );
    const temporary = entry({ id: '~t1', status: 'paused' });
    const text = threadText(temporary, NOW);
    assert.equal(text.description, 'temporary · 1 h');
    assert.match(text.tooltip, /Gone when this window closes or reloads/);
    assert.match(text.spoken, /waits for you, temporary/);
    assert.equal(contextValue(temporary), 'thread temporary listed atRest');
    assert.equal(contextValue(entry({ archived: true })), 'thread kept archived atRest');
    assert.equal(contextValue(entry({ status: 'queued' })), 'thread kept listed atWork');
    assert.match(threadText(entry({ archived: true }), NOW).description, /^archived/);
  });

  it('a title hides nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (title) => {
        const { label, spoken } = threadText(entry({ title }), NOW);
        assert.equal(countHidden(label) + countHidden(spoken), 0);
      }),
    );
  });
});
