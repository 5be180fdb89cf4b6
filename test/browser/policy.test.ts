// Rules as their author sees them: an error underlined in settings.json, a call tested against policy, the rule behind it.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pictureOnFailure, startSession, type Session } from './support/session.ts';
import { until } from './support/until.ts';

const SETTINGS = `{
  // what this project's agent must not do
  "countersign.approval.deny": [
    "shell(rm *)",
    { "rule": "Edit(secrets/**)", "comment": "not a name that is known here" },
    { "rule": "shell(git push *)", "match": ["git pull"] }
  ],
  "countersign.approval.allow": ["shell(git log *)", "edit(src/../**)"]
}
`;

describe('policy in the workbench', () => {
  let session: Session;
  before(async () => {
    session = await startSession();
    write(SETTINGS);
  });
  after(() => session.stop());
  pictureOnFailure(() => session);

  function write(text: string): void {
    const file = session.folder.at('.vscode/settings.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  it('underlines in settings.json what is wrong with a rule, until it is right', async () => {
    const { bench } = session;
    await bench.runCommand('Go to File...');
    await bench.quickPick.choose('settings.json');
    const errors = bench.page.locator('.editor-group-container.active .squiggly-error');
    await until('three errors', async () => (await errors.count()) >= 3);
    await bench.runCommand('Problems: Focus on Problems View');
    const problems = bench.page.locator('.markers-panel .monaco-list-row');
    await problems.filter({ hasText: 'did you mean “edit”?' }).waitFor();
    await problems.filter({ hasText: 'does not cover this sample' }).waitFor();
    await bench.screenshot('policy-diagnostics');
    write('{ "countersign.approval.deny": ["shell(rm *)"] }\n');
    await until('no error', async () => (await errors.count()) === 0);
  });

  it('tells what would become of a call: its parse, each part, the rule; and opens the rule', async () => {
    const { bench } = session;
    await bench.runCommand('Countersign: Test a Call against Policy…');
    await bench.quickPick.enter('git status && env rm -rf build');
    const tab = bench.page.locator('.tabs-container .tab.active');
    await tab.filter({ hasText: 'Policy Test 1' }).waitFor();
    const text = await bench.editorText();
    assert.match(text, /Verdict {3}DENY/);
    assert.match(text, /shell\(rm \*\)/);
    assert.match(text, /countersign\.approval\.deny\[0\] in workspace settings/);
    assert.match(text, /2 {2}DENY {3}env rm -rf build/);
    assert.match(text, /words: ‹env› ‹rm› ‹-rf› ‹build›/);
    await bench.screenshot('policy-test-a-call');
    await bench.page.locator('.editor-actions a.action-label[aria-label^="Open the Rule"]').click();
    await tab.filter({ hasText: 'settings.json' }).waitFor();
    await bench.page.locator('.editor-group-container.active .selected-text').first().waitFor();
  });
});
