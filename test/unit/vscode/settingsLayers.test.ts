// Settings of several scopes as layers: rules of all scopes count, modes only tighten.
import assert from 'node:assert/strict';
import { joinLayers, type Inspected } from '../../../src/vscode/settingsLayers.ts';
import { parseSettings } from '../../../src/core/settings.ts';
import { rulesOfSettings } from '../../../src/core/policy/layers.ts';
import { compileGlob } from '../../../src/node/globs.ts';

const DENY = 'countersign.approval.deny';
const ASK = 'countersign.approval.ask';
const ALLOW = 'countersign.approval.allow';
const MODE = 'countersign.approval.mode';
const MODEL = 'countersign.model.id';

type Values = Readonly<Record<string, Inspected>>;

/** Each folder's view of the settings. */
function layers(...folders: readonly Values[]): ReturnType<typeof joinLayers> {
  return joinLayers(
    [DENY, ASK, ALLOW, MODE, MODEL],
    folders.map((values) => (key) => values[key]),
  );
}

describe('settings of several scopes', () => {
  for (const key of [DENY, ASK, ALLOW]) {
    it(`${key}: the workspace's list and every folder's count`, () => {
      const workspaceValue = ['shell(rm *)', 'edit(secret/**)'];
      const { workspace } = layers(
        { [key]: { workspaceValue, workspaceFolderValue: [] } },
        { [key]: { workspaceValue, workspaceFolderValue: ['shell(git push *)'] } },
        { [key]: { workspaceValue, workspaceFolderValue: ['read(b/**)'] } },
      );
      const expected = [...workspaceValue, 'shell(git push *)', 'read(b/**)'];
      assert.deepEqual(workspace, { [key]: expected });
    });
  }

  it('an empty list of a folder takes no deny away', () => {
    const { workspace } = layers({
      [DENY]: { workspaceValue: ['shell(rm *)'], workspaceFolderValue: [] },
    });
    assert.deepEqual(workspace[DENY], ['shell(rm *)']);
  });

  it('a single folder, told as workspace and folder, counts once, so that places in it hold', () => {
    const list = ['shell(', 'read'];
    const { workspace } = layers({ [DENY]: { workspaceValue: list, workspaceFolderValue: list } });
    assert.deepEqual(workspace[DENY], list);
  });

  it('the user’s values stand apart, in a window without folders, too', () => {
    assert.deepEqual(layers({ [ALLOW]: { globalValue: ['read'] } }), {
      user: { [ALLOW]: ['read'] },
      workspace: {},
    });
    const none = { workspaceValue: undefined, workspaceFolderValue: undefined };
    assert.deepEqual(layers({ [ALLOW]: none }), { user: {}, workspace: {} });
  });

  it('the strictest mode of all scopes counts', () => {
    const mode = (...values: [unknown, unknown, unknown]): unknown => {
      const [workspaceValue, first, second] = values;
      return layers(
        { [MODE]: { workspaceValue, workspaceFolderValue: first } },
        { [MODE]: { workspaceValue, workspaceFolderValue: second } },
      ).workspace[MODE];
    };
    assert.equal(mode('plan', 'acceptEdits', undefined), 'plan');
    assert.equal(mode('acceptEdits', 'default', 'dontAsk'), 'dontAsk');
    assert.equal(mode(undefined, 'default', 'bypass'), 'default');
    assert.equal(mode('nonsense', 'dontAsk', undefined), 'dontAsk');
  });

  it('a mode that is none is still reported', () => {
    const { user, workspace } = layers({ [MODE]: { workspaceValue: 'nonsense' } });
    const parsed = parseSettings({ user, workspace, trusted: true });
    assert.match(parsed.problems.join(), /countersign\.approval\.mode in workspace settings/);
  });

  it('what is no list is reported and allows nothing, among lists, too', () => {
    const of = (key: string): ReturnType<typeof rulesOfSettings> => {
      const broken = { workspaceValue: 'shell(rm *)', workspaceFolderValue: ['read'] };
      const settings = { ...layers({ [key]: broken }), trusted: true };
      return rulesOfSettings(settings, compileGlob, undefined, () => true);
    };
    const allow = of(ALLOW);
    assert.deepEqual(
      allow.rules.map(({ text }) => text),
      ['read'],
    );
    assert.equal(allow.problems.length, 1);
    assert.equal(of(DENY).blocksAllow, true);
  });
});
