import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plain, plainPick } from '../../../src/vscode/plainText.ts';

/** As VS Code looks for links in the text of a notification. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
/** As VS Code looks for pictures in labels; one behind a backslash is text. */
const PICTURE = /(\\)?\$\(([A-Za-z0-9-]+(?:~[A-Za-z]+)?)\)/g;

const pieces = fc
  .array(
    fc.constantFrom(
      ...['[', ']', '(', ')', '](', '[x](command:a.b)', '[y](https://e.example "t")'],
      ...['$(', '$(trash)', '$(sync~spin)', '\\', ' ', '\u200b', '\u202e', '\n', 'command:', 'x'],
    ),
    { maxLength: 20 },
  )
  .map((list) => list.join(''));

describe('plain text', () => {
  it('of a notification holds no link, whatever it was made of (U15)', () => {
    assert.ok(LINK.test('[x](command:workbench.action.terminal.new)'));
    assert.equal(
      plain('Saved [x](command:workbench.action.terminal.new).md'),
      'Saved [x] (command:workbench.action.terminal.new).md',
    );
    fc.assert(
      fc.property(pieces, fc.boolean(), (text, multiline) => {
        assert.doesNotMatch(plain(text, multiline), LINK);
      }),
    );
  });

  it('of a quick pick holds no picture: what is drawn is what was written (U15)', () => {
    const drawn = (label: string): string =>
      label.replace(PICTURE, (_, escaped: string | undefined, name: string) =>
        escaped === undefined ? '<picture>' : `$(${name})`,
      );
    assert.equal(drawn('run echo $(trash)'), 'run echo <picture>');
    assert.equal(drawn(plainPick('run echo $(trash)')), 'run echo $(trash)');
    fc.assert(
      fc.property(pieces, (text) => {
        assert.ok(!drawn(plainPick(text)).includes('<picture>'));
      }),
    );
  });
});
