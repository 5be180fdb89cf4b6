// The right side of a diff editor as a choice among the agent's changes, and back.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { systemTexts } from '../../../src/node/system.ts';
import { emptyCard } from '../../../src/protocol/drafts.ts';
import { linesOf, withoutHunksAt } from '../../../src/protocol/hunks.ts';
import {
  cardWithDropped,
  draftOfText,
  hunkDraft,
  placedHunks,
  textOfDraft,
} from '../../../src/vscode/hunkDraft.ts';

const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 1);
const before = 'a\nb\nc\nd\ne\n';
const after = 'A\nb\nnew\nc\nd\n';
const edit = { before, after, hunks: systemTexts.hunks(before, after) };

describe('the right side of a diff editor', () => {
  it('is the agent’s text, that without some changes, or the human’s own', () => {
    assert.deepEqual(draftOfText(edit, after), { content: null, dropped: [] });
    assert.deepEqual(draftOfText(edit, 'a\nb\nnew\nc\nd\n'), { content: null, dropped: [0] });
    assert.deepEqual(draftOfText(edit, before), { content: null, dropped: [0, 1, 2] });
    assert.deepEqual(draftOfText(edit, 'mine'), { content: 'mine', dropped: [] });
    const whole = { ...edit, hunks: [] };
    assert.deepEqual(draftOfText(whole, before), { content: before, dropped: [] });
  });

  it('comes back from the draft as it was', () => {
    for (const text of [after, before, 'mine', 'a\nb\nnew\nc\nd\n']) {
      assert.equal(textOfDraft(edit, draftOfText(edit, text)) ?? after, text);
    }
    assert.equal(textOfDraft(edit, hunkDraft(undefined)), null);
    const card = { ...emptyCard, dropped: [1] };
    assert.equal(textOfDraft(edit, hunkDraft({ card, content: null })), 'A\nb\nc\nd\n');
    assert.equal(textOfDraft(edit, hunkDraft({ card, content: 'mine' })), 'mine');
  });

  it('changes the card only where it says something else, and takes back what was picked', () => {
    const card = { ...emptyCard, reason: 'r', decision: { type: 'approve' as const } };
    assert.equal(cardWithDropped(null, []), undefined);
    assert.equal(cardWithDropped({ ...card, dropped: [1] }, [1]), undefined);
    assert.deepEqual(cardWithDropped(card, [1]), {
      ...emptyCard,
      ...{ reason: 'r', dropped: [1], decision: null },
    });
  });

  it('shows each change where it stands, and with its other lines in its place it is dropped or back', () => {
    const line = fc.constantFrom('a\n', 'b\n', 'c\n', '}\n');
    const text = fc.array(line, { minLength: 1, maxLength: 20 }).map((all) => all.join(''));
    const choices = fc.array(fc.boolean(), { minLength: 40, maxLength: 40 });
    const swapped = fc.property(text, text, choices, fc.nat(), (old, now, choice, pick) => {
      const hunks = systemTexts.hunks(old, now);
      fc.pre(hunks.length > 1);
      const one = { before: old, after: now, hunks };
      const dropped = [...hunks.keys()].filter((index) => choice[index] === true);
      const shown = withoutHunksAt(one, hunks, dropped);
      const placed = placedHunks(one, shown);
      assert.equal(placed.length, hunks.length);
      const hunk = placed[pick % placed.length];
      assert.ok(hunk);
      const lines = linesOf(shown);
      lines.splice(hunk.line, hunk.lines, ...linesOf(hunk.instead));
      // Of several ways to read a text the first one counts: the swap is of that reading.
      const read = placed.filter((other) => other.dropped).map(({ index }) => index);
      const wanted = hunk.dropped
        ? read.filter((index) => index !== hunk.index)
        : [...read, hunk.index];
      assert.equal(lines.join(''), withoutHunksAt(one, hunks, wanted));
    });
    fc.assert(swapped, { seed, numRuns: 500 });
    assert.deepEqual(placedHunks(edit, 'mine'), []);
  });
});
