// A click on a rule opens the list in which it stands.
import assert from 'node:assert/strict';
import { pageOfRule } from '../../../src/vscode/whySettings.ts';
import type { SettingsLayers } from '../../../src/core/ports/settings.ts';

const USER = 'workbench.action.openSettings';
const WORKSPACE = 'workbench.action.openWorkspaceSettings';

describe('the settings page of a rule', () => {
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
  const cases: [rule: string, command: string, query: string][] = [
    ['shell(npm test)', USER, '@id:countersign.approval.allow'],
    ['shell(rm *)', USER, '@id:countersign.approval.deny'],
    ['shell(git push *)', WORKSPACE, '@id:countersign.approval.ask'],
    ['edit(src/**)', WORKSPACE, '@id:countersign.approval.allow'],
    ['read', WORKSPACE, '@id:countersign.approval.ask'],
    ['mode default', USER, 'countersign.approval'],
    ['shell(curl *)', USER, 'countersign.approval'],
  ];
  for (const [rule, command, query] of cases) {
    it(`${rule}: ${command} ${query}`, () => {
      assert.deepEqual(pageOfRule(rule, layers), { command, query });
    });
  }

  it('an allow of a workspace without trust is not where the verdict comes from', () => {
    const page = pageOfRule('edit(src/**)', { ...layers, trusted: false });
    assert.deepEqual(page, { command: USER, query: 'countersign.approval' });
  });
});
