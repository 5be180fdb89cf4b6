// The review of a hook: every character of what would run, and what the deciding dialog holds.
import assert from 'node:assert/strict';
import * as text from '../../../src/vscode/hooksText.ts';
import type { HookFacts } from '../../../src/core/hooks/types.ts';
import type { ReviewedHook } from '../../../src/core/ports/hooks.ts';

const TOOLS = ['read_file', 'edit_file', 'run_command'];

const hook = (more: Partial<HookFacts> = {}, rest: Partial<ReviewedHook> = {}): ReviewedHook => ({
  subject: '/w/.github/hooks/a.json#PreToolUse[0]',
  hash: 'ab'.repeat(32),
  name: '.github/hooks/a.json PreToolUse[0]',
  facts: {
    ...{ folder: '/w', file: '.github/hooks/a.json', event: 'PreToolUse', matcher: 'Bash' },
    ...{ command: './x.sh\necho \u202eb', shell: 'bash', cwd: '/w/sub', env: { A: 'b' } },
    ...{ timeoutSeconds: 30, files: [] },
    ...more,
  },
  ...{ state: 'new', before: null },
  ...rest,
});

describe('the review of a hook', () => {
  it('shows all that determines what runs, hidden characters too', () => {
    const shown = text.reviewText(hook(), TOOLS, []);
    for (const line of [
      /^File +\.github\/hooks\/a\.json PreToolUse\[0\]$/m,
      /^For +run_command \(matcher "Bash"\)$/m,
      /^Command +\.\/x\.sh$/m,
      /^ +echo \\u\{202E\}b$/m,
      /^Folder +\/w\/sub$/m,
      /^With +A=b$/m,
      /^Time +30 s$/m,
      /It does not run: you have not let it/,
      new RegExp('ab'.repeat(32)),
    ]) {
      assert.match(shown, line);
    }
  });

  it('shows the files it runs, and says when it cannot', () => {
    const files = [{ path: '/w/x.sh', sha256: 'cd' }];
    const shown = text.reviewText(hook({ files }), TOOLS, [
      { path: '/w/x.sh', text: 'rm -r \u200by\n' },
      { path: '/w/bin', text: null },
    ]);
    assert.match(shown, /^──── \/w\/x\.sh ────\nrm -r \\u\{200B\}y$/m);
    assert.match(shown, /^──── \/w\/bin ────\nIt cannot be shown here/m);
  });

  it('shows nothing beyond the edge: long lines are wrapped', () => {
    const far = `ls${' '.repeat(500)}; rm -r .`;
    const shown = text.reviewText(hook({ command: far }), TOOLS, [{ path: '/w/x.sh', text: far }]);
    assert.equal(shown.match(/^ +↪ .*; rm -r \.$/gm)?.length, 2);
    for (const line of shown.split('\n')) assert.ok(line.length <= 108, line);
  });

  it('says what changed since it was accepted', () => {
    const before = { ...hook({ command: 'old', files: [{ path: '/w/x.sh', sha256: '1' }] }).facts };
    const changed = hook(
      { files: [{ path: '/w/x.sh', sha256: '2' }] },
      { state: 'changed', before },
    );
    const shown = text.reviewText(changed, TOOLS, []);
    assert.match(shown, /^Changed +command was old$/m);
    assert.match(shown, /\/w\/x\.sh has another content/);
    assert.match(shown, /the calls it was for ask/);
  });

  it('the dialog holds all of a short hook, and sends to the editor for a long one or one that runs files', () => {
    const short = text.reviewDialog(hook(), TOOLS);
    assert.equal(short.complete, true);
    assert.match(short.detail, /Command +\.\/x\.sh\n +echo \\u\{202E\}b/);
    const long = text.reviewDialog(hook({ command: 'x'.repeat(2000) }), TOOLS);
    assert.equal(long.complete, false);
    assert.match(long.detail, /stands in the editor behind/);
    const file = { path: '/w/x.sh', sha256: '1' };
    assert.equal(text.reviewDialog(hook({ files: [file] }), TOOLS).complete, false);
  });

  it('a row of the list has no picture but ours', () => {
    const row = text.hookRow(hook({ command: `$(rm x) ${'y'.repeat(100)}` }));
    assert.match(row.label, /^\$\(question\) \\\$\(rm x\) y+…$/);
  });

  it('the notice says how many wait, and that changed ones make calls ask', () => {
    assert.match(text.noticeText([hook()]), /^A hook of this workspace waits.*does not run/);
    const two = text.noticeText([hook(), hook({}, { state: 'changed' })]);
    assert.match(two, /^2 hooks .* wait .*do not run.*ask until then\.$/);
  });

  it('what is never run is listed', () => {
    const problems = [{ name: 'a.json', message: 'it is not JSON' }];
    const unsupported = [{ name: 'b.json Stop', count: 2 }];
    assert.deepEqual(text.besideText({ hooks: [], problems, unsupported }), [
      'a.json: it is not JSON',
      'b.json Stop: 2 hooks of an event that Countersign does not know; never run',
    ]);
  });
});
