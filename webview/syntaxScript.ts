// A script of its own, which the page loads with its first diff: knows the languages, makes tokens of text and no element.
import { common, createLowlight } from 'lowlight';
import type { Token } from './linePieces.ts';
import { linesOfTree } from './syntaxLines.ts';

const languages = createLowlight(common);

/** Endings that are no name or alias of their language. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ mts: 'typescript', cts: 'typescript', mjs: 'javascript', cjs: 'javascript' },
  ...{ jsonc: 'json', webmanifest: 'json', htm: 'xml', vue: 'xml', svelte: 'xml' },
  ...{ hh: 'cpp', hxx: 'cpp', pyi: 'python', sln: 'ini', gradle: 'java', kt: 'kotlin' },
};

window.countersignSyntax = (text: string, ending: string): Token[][] | undefined => {
  const language = NAMES[ending] ?? ending;
  if (!languages.registered(language)) return undefined;
  return linesOfTree(languages.highlight(language, text));
};
