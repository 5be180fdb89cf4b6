// test/hitl-behaviours.md and the titles of the tests agree: each behaviour has its row, each row its tests or its reason.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const TESTS = path.resolve(import.meta.dirname, '..');
/** How many behaviours there are of each kind. */
const KINDS = { H: 94, HA: 10, HB: 20, HW: 14 } as const;
const TAGS = [
  ...Object.entries(KINDS).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, index) => `${kind}${index + 1}`),
  ),
  'HC',
];

interface Row {
  tag: string;
  text: string;
  files: string[];
}

/** Titles by file, relative to `test/`. */
type Titles = ReadonlyMap<string, readonly string[]>;

function rowsOf(markdown: string): Row[] {
  const lines = markdown.split('\n').filter((line) => /^\| H[ABCW]?\d* /.test(line));
  return lines.map((line) => {
    const [, tag = '', text = '', files = ''] = line.split('|').map((cell) => cell.trim());
    return { tag, text, files: [...files.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file) };
  });
}

/** `does this (H1, HB2)` has the tags H1 and HB2. */
function tagsOf(title: string): string[] {
  const [, list = ''] = /\((H[ABCW]?\d*(?:, H[ABCW]?\d*)*)\)$/.exec(title) ?? [];
  return list === '' ? [] : list.split(', ');
}

/** What is wrong, a line each. */
function problemsOf(rows: readonly Row[], titles: Titles): string[] {
  const tagged = new Map([...titles].map(([file, list]) => [file, new Set(list.flatMap(tagsOf))]));
  const counts = new Map<string, number>();
  for (const { tag } of rows) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const known = new Map(rows.map((row) => [row.tag, row]));
  return [
    ...TAGS.filter((tag) => counts.get(tag) !== 1).map(
      (tag) => `${tag} has ${counts.get(tag) ?? 0} rows`,
    ),
    ...rows.filter(({ tag }) => !TAGS.includes(tag)).map(({ tag }) => `${tag} is no behaviour`),
    ...rows
      .filter(
        ({ text, files }) => files.length === 0 && !/^(?:Does not apply|Issue \d): \S/.test(text),
      )
      .map(({ tag }) => `${tag} has neither a test nor a reason`),
    ...rows
      .filter(({ text, files }) => files.length > 0 && text.startsWith('Does not apply'))
      .map(({ tag }) => `${tag} has tests, although it does not apply`),
    ...rows.flatMap(({ tag, files }) =>
      files
        .filter((file) => !tagged.get(file)?.has(tag))
        .map((file) => `${tag}: no test of ${file} is named after it`),
    ),
    ...[...tagged].flatMap(([file, tags]) =>
      [...tags]
        .filter((tag) => !known.get(tag)?.files.includes(file))
        .map((tag) => `${tag} is in a title of ${file}, but not in the table`),
    ),
  ];
}

/** The first arguments of `it(…)`, without their quotes. */
function titlesOf(source: string): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const [title] = node.arguments;
      if (node.expression.text === 'it' && title) titles.push(title.getText().slice(1, -1));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('test.ts', source, ts.ScriptTarget.Latest, true));
  return titles;
}

function allTitles(): Titles {
  const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.(?:test|contract)\.ts$/.test(file) && !file.startsWith('output'),
  );
  return new Map(
    files.map((file) => [
      file.split(path.sep).join('/'),
      titlesOf(readFileSync(path.join(TESTS, file), 'utf8')),
    ]),
  );
}

describe('test/hitl-behaviours.md', () => {
  const rows = rowsOf(readFileSync(path.join(TESTS, 'hitl-behaviours.md'), 'utf8'));
  const titles = allTitles();

  it('has one row for each behaviour, with tests that are named after it or the reason why there are none', () => {
    assert.deepEqual(problemsOf(rows, titles), []);
  });

  it('does not agree any more when a test is renamed, or a row goes', () => {
    const tests = [...titles].flatMap(([file, list]) => list.map((title) => ({ file, title })));
    const alone = tests.find(({ file, title }) => {
      const others = tests.filter((other) => other.file === file && other.title !== title);
      const [tag] = tagsOf(title);
      return tag !== undefined && !others.some((other) => tagsOf(other.title).includes(tag));
    });
    assert.ok(alone);
    const renamed = new Map(titles).set(
      alone.file,
      (titles.get(alone.file) ?? []).filter((title) => title !== alone.title),
    );
    const [gone = ''] = tagsOf(alone.title);
    const unnamed = `${gone}: no test of ${alone.file} is named after it`;
    assert.equal(problemsOf(rows, titles).includes(unnamed), false);
    assert.ok(problemsOf(rows, renamed).includes(unnamed));
    const less = rows.filter(({ tag }) => tag !== gone);
    assert.ok(problemsOf(less, titles).includes(`${gone} has 0 rows`));
    const more = new Map(titles).set('new.test.ts', ['is new (H95)']);
    const unknown = 'H95 is in a title of new.test.ts, but not in the table';
    assert.ok(problemsOf(rows, more).includes(unknown));
  });

  it('reads titles of every form', () => {
    const source =
      "it('a (H1)', f); it(`b ${x} (H2, HA1)`, f).timeout(1); it(\n  'c',\n  f); it(title, f);";
    assert.deepEqual(titlesOf(source).map(tagsOf), [['H1'], ['H2', 'HA1'], [], []]);
  });
});
