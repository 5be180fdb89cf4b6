// Finds the texts of the source that people see: those that go through `t()`, and those that should and do not. Reads only.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { ROOT } from './paths.mjs';

export interface Found {
  file: string;
  line: number;
  text: string;
}

export interface Scan {
  /** First arguments of `t()` and `tParts()`. */
  used: Found[];
  /** Calls of them that cannot be translated: of a computed text, or before the table is there. */
  wrong: Found[];
  /** Texts with words in them that go through neither. */
  bare: Found[];
}

const TRANSLATOR = 'src/protocol/l10n.ts';
const TRANSLATORS = new Set(['t', 'tParts']);
/** Attributes of elements that people read or hear. */
const ATTRIBUTE = /\s(?:aria-label|aria-description|title|placeholder|alt|label)="([^"]*)"/g;
/** What is called with texts for the log, for other programs or for the style sheet. */
const MACHINES = /(?:\b[lL]ogger|\bconsole)\.\w+$|\bclosest$|\bquerySelector(?:All)?(?:<.*>)?$/;
/** A word beside a value. */
const COUNTED = /(?:^|[\s“(])\p{L}{2,}:? \{\}|\{\} \p{L}{2,}/u;
/** The product's name is the same in every language; keys, policies and pages are no texts. */
const EXEMPT = new RegExp(
  `^(?:${[
    ...['Countersign', 'Enter', 'Escape', 'Tab', 'Home', 'End', 'Unknown', 'CRLF', 'no folder'],
    ...['lit-html .*', 'loading codicon.*', 'codicon .*', 'md-block .*', 'link md-link'],
    ...['p br strong .*', 'textarea, input, select', 'room \\{\\}', 'after \\{\\}', 'day \\{\\}'],
    ...['\\{\\} (?:min|ms|s|h|d)(?: \\{\\} s)?', 'Countersign: \\{\\}.*', 'git push --force'],
    '<[^]*',
  ].join('|')})$`,
);
/** Two words in a row, or one that begins like a sentence or a title. */
const WORDS = /\p{L}{2,}[,:;.…]? +\p{L}|^\p{Lu}\p{Ll}+(?:[ .…!?]|$)/u;

/** What is written here is there to be seen. */
const SEEN_FOLDERS = ['src/vscode/', 'webview/', 'src/extension.ts'];
const FOLDERS = ['src/vscode', 'webview', 'src/protocol', 'src/extension.ts'];

export function scanAll(): Scan {
  const files = FOLDERS.flatMap(filesIn).filter((file) => file !== TRANSLATOR);
  const scans = files.map((file) => scan(file, readFileSync(path.join(ROOT, file), 'utf8')));
  return {
    used: scans.flatMap(({ used }) => used),
    wrong: scans.flatMap(({ wrong }) => wrong),
    bare: scans
      .flatMap(({ bare }) => bare)
      .filter(({ file }) => SEEN_FOLDERS.some((folder) => file.startsWith(folder))),
  };
}

function filesIn(place: string): string[] {
  if (place.endsWith('.ts')) return [place];
  return readdirSync(path.join(ROOT, place), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => path.posix.join(place, name.replaceAll(path.sep, '/')));
}

export function scan(file: string, text: string): Scan {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Scan = { used: [], wrong: [], bare: [] };
  const at = (node: ts.Node, what: string): Found => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    return { file, line: line + 1, text: what };
  };
  const visit = (node: ts.Node, inFunction: boolean): void => {
    if (isTranslation(node)) {
      const [first, ...rest] = node.arguments;
      const literal = first && ts.isStringLiteralLike(first) ? first.text : undefined;
      if (literal === undefined || !inFunction) found.wrong.push(at(node, node.getText(source)));
      if (literal !== undefined) found.used.push(at(node, literal));
      for (const value of rest) visit(value, inFunction);
      return;
    }
    if (isForMachines(node)) return;
    found.bare.push(...bareTexts(node).map((bare) => at(node, bare)));
    const inside = inFunction || ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(source, false);
  return found;
}

function isTranslation(node: ts.Node): node is ts.CallExpression {
  return (
    ts.isCallExpression(node) &&
    ts.isIdentifier(node.expression) &&
    TRANSLATORS.has(node.expression.text)
  );
}

/** Imports, types, what is logged, errors that are our own mistakes, and the names of contributions, which are for the log. */
function isForMachines(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) {
    return true;
  }
  if (ts.isCallExpression(node)) return MACHINES.test(node.expression.getText());
  if (ts.isNewExpression(node)) return node.expression.getText() === 'Error';
  if (!ts.isPropertyAssignment(node) || node.name.getText() !== 'name') return false;
  return node.parent.properties.some((one) => one.name?.getText() === 'register');
}

/** Texts of this one node, not of its children. */
function bareTexts(node: ts.Node): string[] {
  if (ts.isTaggedTemplateExpression(node)) return markupTexts(whole(node.template));
  if (ts.isTemplateExpression(node) || ts.isStringLiteralLike(node)) {
    // The parts of a tagged template were looked at with its tag.
    if (ts.isTaggedTemplateExpression(node.parent)) return [];
    const text = ts.isTemplateExpression(node) ? whole(node) : node.text;
    return (WORDS.test(text) || COUNTED.test(text)) && !EXEMPT.test(text) ? [text] : [];
  }
  return [];
}

/** A template with its values as `{}`. */
function whole(template: ts.TemplateLiteral): string {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text;
  return [template.head.text, ...template.templateSpans.map(({ literal }) => literal.text)].join(
    '{}',
  );
}

function markupTexts(markup: string): string[] {
  const attributes = [...markup.matchAll(ATTRIBUTE)].map(([, value = '']) => value);
  const texts = markup.split(/<[^>]*>/);
  return [...attributes, ...texts]
    .map((text) => text.replaceAll(/\s+/g, ' ').trim())
    .filter((text) => /\p{L}/u.test(text.replaceAll('{}', '')) && !EXEMPT.test(text));
}
