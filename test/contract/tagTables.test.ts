// Tables of what must hold and the titles of the tests agree: each thing has its row, each row its tests or its reason.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const TESTS = path.resolve(import.meta.dirname, '..');

/** A table, and the tags that it must have, each once. */
interface Subject {
  file: string;
  tags: readonly string[];
  /** Of one tag. */
  tag: RegExp;
}

/** `{ H: 2, HA: 1 }` is H1, H2 and HA1. */
const numbered = (kinds: Record<string, number>): string[] =>
  Object.entries(kinds).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, index) => `${kind}${index + 1}`),
  );

const SUBJECTS: readonly Subject[] = [
  {
    file: 'hitl-behaviours.md',
    tags: [...numbered({ H: 94, HA: 10, HB: 20, HW: 14 }), 'HC'],
    tag: /^H(?:[ABW]?\d+|C)$/,
  },
  {
    file: 'security-invariants.md',
    tags: numbered({ U: 15, I: 15, F: 6 }),
    tag: /^[UIF]\d+$/,
  },
];

interface Row {
  tag: string;
  text: string;
  files: string[];
}

/** Titles by file, relative to `test/`. */
type Titles = ReadonlyMap<string, readonly string[]>;

function rowsOf(markdown: string, subject: Subject): Row[] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('| '));
  const rows = lines.map((line) => {
    const [, tag = '', text = '', files = ''] = line.split('|').map((cell) => cell.trim());
    return { tag, text, files: [...files.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file) };
  });
  return rows.filter(({ tag }) => subject.tag.test(tag));
}

/** `does this (H1, U2)` has the tags H1 and U2, each of its own table. */
function tagsOf(title: string, { tag }: Pick<Subject, 'tag'>): string[] {
  const [, list = ''] = /\(((?:HC|[A-Z]{1,2}\d+)(?:, (?:HC|[A-Z]{1,2}\d+))*)\)$/.exec(title) ?? [];
  return list.split(', ').filter((one) => tag.test(one));
}

/** What is wrong, a line each. */
function problemsOf(subject: Subject, rows: readonly Row[], titles: Titles): string[] {
  const tagged = new Map(
    [...titles].map(([file, list]) => [
      file,
      new Set(list.flatMap((title) => tagsOf(title, subject))),
    ]),
  );
  const counts = new Map<string, number>();
  for (const { tag } of rows) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const known = new Map(rows.map((row) => [row.tag, row]));
  return [
    ...subject.tags
      .filter((tag) => counts.get(tag) !== 1)
      .map((tag) => `${tag} has ${counts.get(tag) ?? 0} rows`),
    ...rows.filter(({ tag }) => !subject.tags.includes(tag)).map(({ tag }) => `${tag} is none`),
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

const titles = allTitles();

for (const subject of SUBJECTS) {
  describe(`test/${subject.file}`, () => {
    const rows = rowsOf(readFileSync(path.join(TESTS, subject.file), 'utf8'), subject);
    const tagsIn = (title: string): string[] => tagsOf(title, subject);

    it('has one row for each, with tests that are named after it or the reason why there are none', () => {
      assert.deepEqual(problemsOf(subject, rows, titles), []);
    });

    it('does not agree any more when a test is renamed, or a row goes', () => {
      const tests = [...titles].flatMap(([file, list]) => list.map((title) => ({ file, title })));
      const alone = tests.find(({ file, title }) => {
        const others = tests.filter((other) => other.file === file && other.title !== title);
        const [tag] = tagsIn(title);
        const listed = rows.some((row) => row.tag === tag && row.files.includes(file));
        return (
          tag !== undefined && listed && !others.some((other) => tagsIn(other.title).includes(tag))
        );
      });
      assert.ok(alone);
      const renamed = new Map(titles).set(
        alone.file,
        (titles.get(alone.file) ?? []).filter((title) => title !== alone.title),
      );
      const [gone = ''] = tagsIn(alone.title);
      const unnamed = `${gone}: no test of ${alone.file} is named after it`;
      assert.equal(problemsOf(subject, rows, titles).includes(unnamed), false);
      assert.ok(problemsOf(subject, rows, renamed).includes(unnamed));
      const less = rows.filter(({ tag }) => tag !== gone);
      assert.ok(problemsOf(subject, less, titles).includes(`${gone} has 0 rows`));
      const [first = ''] = subject.tags;
      const unknown = first.replace(/\d+$/, '999');
      const more = new Map(titles).set('new.test.ts', [`is new (${unknown})`]);
      assert.ok(
        problemsOf(subject, rows, more).includes(
          `${unknown} is in a title of new.test.ts, but not in the table`,
        ),
      );
    });
  });
}

describe('titles of tests', () => {
  it('are read in every form', () => {
    const source =
      "it('a (H1)', f); it(`b ${x} (H2, HA1, U3)`, f).timeout(1); it(\n  'c',\n  f); it(title, f);";
    const all = { tag: /^/ };
    assert.deepEqual(
      titlesOf(source).map((title) => tagsOf(title, all).filter((tag) => tag !== '')),
      [['H1'], ['H2', 'HA1', 'U3'], [], []],
    );
  });
});
