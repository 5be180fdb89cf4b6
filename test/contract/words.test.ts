// One vocabulary: what people read uses the words of the glossary (CONTRIBUTING.md), and never another word for the same thing.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { USAGE } from '../../src/node/cli/options.ts';
import { ROOT } from '../host/paths.mjs';

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** What is not said, and what is said instead. */
const INSTEAD: readonly [RegExp, string][] = [
  [/\bconversations?\b/i, 'thread'],
  [/\bsessions?\b/i, 'thread, turn or window'],
  [/\b(?:declin(?:e|es|ed|ing)|disapprov\w*|den(?:y|ied) by you)\b/i, 'reject'],
  [/\baccept(?:s|ed|ing)?\b/i, 'approve'],
  [/\bauthori[sz](?:e|es|ed|ing|ation)\b/i, 'approve'],
  [/\b(?:veto|block)(?:es|ed|ing)?\b/i, 'deny (by policy) or reject (by the user)'],
  [/\b(?:tool use|function call)s?\b/i, 'call'],
  [/\b(?:the|this|a|each|every) runs?\b(?! of)/i, 'turn'],
  [/\bwhitelist\w*|\bblacklist\w*/i, 'allow list, deny rule'],
];

/** Names that others gave, and sentences that a reference fixes. */
const QUOTED = [
  /“?Accept edits\b/g, // the mode acceptEdits
  /runs code this session wrote/g, // reference/security.md §3
];

function problems(texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    const own = QUOTED.reduce((rest, quoted) => rest.replaceAll(quoted, ''), text);
    const found = INSTEAD.filter(([word]) => word.test(own));
    return found.map(([word, instead]) => `${word.exec(own)?.[0]} (say ${instead}): ${text}`);
  });
}

const values = (file: string): string[] =>
  Object.values(JSON.parse(read(file)) as Record<string, string>);

/** Prose only: no code, no links. */
const prose = (file: string): string[] =>
  read(file)
    .replaceAll(/```[^]*?```|`[^`]*`|\]\([^)]*\)/g, '')
    .split('\n');

describe('the vocabulary', () => {
  const glossary = read('CONTRIBUTING.md').split('## Words')[1]?.split('\n## ')[0] ?? '';

  it('is that of the glossary in VS Code, its settings, the command line and the README', () => {
    const texts = [
      ...values('package.nls.json'),
      ...values('media/l10n/bundle.l10n.json'),
      ...USAGE.split('\n'),
      ...prose('README.md'),
    ];
    assert.ok(texts.length > 500);
    assert.deepEqual(problems(texts), []);
  });

  it('has every word of the design, each with the words that are not used for it', () => {
    const words = ['thread', 'turn', 'call', 'proposal', 'verdict', 'waiting approval', 'decision'];
    for (const word of [...words, 'remembered approval', 'journal', 'ledger', 'snapshot']) {
      assert.ok(glossary.includes(`| ${word} `), word);
    }
  });

  it('the check finds what is planted', () => {
    const planted = [
      'Your session ended',
      'Accept this edit?',
      'You declined it',
      'The run failed',
    ];
    assert.equal(problems(planted).length, planted.length);
    assert.deepEqual(problems(['Accept edits in the workspace', 'a run of npm test']), []);
  });
});
