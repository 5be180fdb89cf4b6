// package.json against the code: commands, settings, views and context keys are declared once and agree.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { RULE_KEYS, SETTINGS } from '../../src/core/settings.ts';
import { COMMANDS, CONTEXT, VIEWS, WALKTHROUGH } from '../../src/vscode/ids.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

interface Manifest {
  name: string;
  publisher: string;
  contributes: {
    commands: { command: string; title: string; category: string }[];
    views: Record<string, { id: string }[]>;
    menus: Record<string, { command: string; when?: string }[]>;
    keybindings: { command: string; key: string; when: string }[];
    viewsWelcome: { view: string; contents: string }[];
    configuration: {
      properties: Record<
        string,
        { default: unknown; scope: string; enum?: string[]; pattern?: string }
      >;
    };
    walkthroughs: { id: string; steps: { media: { image: string }; description: string }[] }[];
  };
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
}

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
/** As VS Code has it in English: with the texts in place of their keys. */
const texts = JSON.parse(read('package.nls.json')) as Record<string, string>;
const manifest = JSON.parse(
  read('package.json').replaceAll(/"%([^%"]+)%"/g, (_, key: string) => JSON.stringify(texts[key])),
) as Manifest;
const { contributes } = manifest;
const properties = contributes.configuration.properties;

describe('manifest', () => {
  it('declares exactly the commands of the code, in the category Countersign', () => {
    const declared = contributes.commands.map(({ command }) => command).sort();
    assert.deepEqual(declared, Object.values(COMMANDS).sort());
    assert.ok(contributes.commands.every(({ category }) => category === 'Countersign'));
  });

  it('has the command titles of the design', () => {
    const titles = contributes.commands.map(({ title }) => title);
    for (const title of [
      'New Thread',
      'Resume Paused Thread…',
      'Show Pending Approvals',
      'Stop',
      'Select Model…',
      'Set API Key…',
      'Open Walkthrough',
    ]) {
      assert.ok(titles.includes(title), title);
    }
  });

  it('declares the settings of the code with the same defaults and scopes', () => {
    const keys = [...Object.keys(SETTINGS), ...Object.values(RULE_KEYS)].sort();
    assert.deepEqual(Object.keys(properties).sort(), keys);
    for (const [key, spec] of Object.entries(SETTINGS)) {
      assert.deepEqual(properties[key]?.default, spec.default, key);
      assert.equal(properties[key]?.scope, spec.scope, key);
      for (const value of properties[key]?.enum ?? [])
        assert.ok(spec.schema.safeParse(value).success);
    }
  });

  it('never lets a workspace offer bypass (H1)', () => {
    assert.ok(!properties['countersign.approval.mode']?.enum?.includes('bypass'));
  });

  it('lets no workspace switch approvals off or prolong bypass (H2)', () => {
    for (const key of ['countersign.approval.enabled', 'countersign.approval.bypassUntil']) {
      assert.equal(properties[key]?.scope, 'application', key);
    }
    const pattern = new RegExp(properties['countersign.approval.bypassUntil']?.pattern ?? '$.');
    assert.ok(pattern.test('') && pattern.test('2030-12-31T18:00:00Z'));
    assert.ok(!pattern.test('2030-12-31') && !pattern.test('tomorrow'));
  });

  it('names existing commands in menus and walkthroughs, and existing pictures', () => {
    const known = new Set<string>(Object.values(COMMANDS));
    for (const { command } of Object.values(contributes.menus).flat())
      assert.ok(known.has(command), command);
    const [walkthrough] = contributes.walkthroughs;
    assert.equal(`${manifest.publisher}.${manifest.name}#${walkthrough?.id}`, WALKTHROUGH);
    for (const { media, description } of walkthrough?.steps ?? []) {
      assert.ok(existsSync(path.join(ROOT, media.image)), media.image);
      for (const [, command] of description.matchAll(/\(command:(.+?)\)/g)) {
        assert.ok(known.has(command!) || command === `${VIEWS.chat}.focus`, command);
      }
    }
  });

  it('uses only known views and context keys in its when clauses', () => {
    const views = Object.values(contributes.views)
      .flat()
      .map(({ id }) => id);
    assert.deepEqual(views, Object.values(VIEWS));
    const whens = [...Object.values(contributes.menus), contributes.keybindings]
      .flat()
      .map(({ when }) => when ?? '')
      .join(' ');
    for (const [key] of whens.matchAll(/countersign\.\w+/g)) {
      assert.ok([...views, ...Object.values(CONTEXT)].includes(key as never), key);
    }
  });

  it('binds keys to commands that only look, and only while there is something to look at', () => {
    const bound = contributes.keybindings.map(({ command, when }) => [command, when]);
    assert.deepEqual(bound, [
      [COMMANDS.findInThread, CONTEXT.chatFocused],
      [COMMANDS.nextPending, CONTEXT.hasPending],
      [COMMANDS.previousPending, CONTEXT.hasPending],
    ]);
  });

  it('has words for each of its empty lists', () => {
    assert.deepEqual(
      contributes.viewsWelcome.map(({ view }) => view),
      [VIEWS.approvals, VIEWS.threads],
    );
  });

  it('has no button that approves in a list: only the card and the diff editor show what it is', () => {
    const { 'view/title': title = [], 'view/item/context': item = [] } = contributes.menus;
    const deciding: string[] = [
      COMMANDS.approveFocused,
      COMMANDS.rejectFocused,
      COMMANDS.diffApprove,
      COMMANDS.diffReject,
    ];
    for (const { command } of [...title, ...item]) assert.ok(!deciding.includes(command), command);
  });

  it('ignores the allow list of an untrusted workspace', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.ok(restrictedConfigurations.includes(RULE_KEYS.allow));
  });
});
