// A click on a rule opens the line in which it stands, or the list.
import assert from 'node:assert/strict';
import { placeOfRule } from '../../../src/vscode/whySettings.ts';
import type { SettingsLayers } from '../../../src/core/ports/settings.ts';
import type { RuleLayer } from '../../../src/protocol/calls.ts';

const USER = 'workbench.action.openSettings';
const WORKSPACE = 'workbench.action.openWorkspaceSettings';
const ALL = { rule: null, page: { command: USER, query: 'countersign.approval' } };

describe('the place of a rule in the settings', () => {
  const layers: SettingsLayers = {
    user: {
      'countersign.approval.allow': ['read', 'shell(npm test)'],
      'countersign.approval.deny': [{ rule: 'shell(rm *)', comment: 'never' }],
    },
    workspace: {
      'countersign.approval.allow': ['edit(src/**)'],
      'countersign.approval.ask': ['shell(git push *)', 'read'],
      'countersign.approval.deny': 'shell(curl *)',
    },
    trusted: true,
  };
  const cases: [rule: string, layer: 'user' | 'workspace', kind: string][] = [
    ['shell(npm test)', 'user', 'allow'],
    ['shell(rm *)', 'user', 'deny'],
    ['shell(git push *)', 'workspace', 'ask'],
    ['edit(src/**)', 'workspace', 'allow'],
    ['read', 'workspace', 'ask'],
    ['read', 'user', 'allow'],
  ];
  for (const [text, layer, kind] of cases) {
    it(`${text} of the ${layer}: its line in ${kind}`, () => {
      const key = `countersign.approval.${kind}`;
      assert.deepEqual(placeOfRule(text, layer, layers), {
        rule: { layer, key, text },
        page: { command: layer === 'user' ? USER : WORKSPACE, query: `@id:${key}` },
      });
    });
  }

  const nowhere: [rule: string, layer: RuleLayer][] = [
    ['mode default', 'mode'],
    ['shell(curl *)', 'workspace'],
    ['shell(npm test)', 'workspace'],
    ['read', 'built-in'],
    ['read', 'grant'],
  ];
  for (const [rule, layer] of nowhere) {
    it(`${rule} of layer ${layer} is in no list: all settings of approvals`, () => {
      assert.deepEqual(placeOfRule(rule, layer, layers), ALL);
    });
  }

  it('an allow of a workspace without trust is not where the verdict comes from', () => {
    const place = placeOfRule('edit(src/**)', 'workspace', { ...layers, trusted: false });
    assert.deepEqual(place, ALL);
  });
});
