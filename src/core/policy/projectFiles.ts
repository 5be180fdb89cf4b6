// What a file of the project can be to a program that runs project code: code of a language, settings that run code, or
// nothing that ever runs. By name alone, as data; a name that is not here counts as code of every language.
import { foldPath } from './pathNames.ts';
import { protectionsOf } from './protectedFiles.ts';

const ALL_LANGUAGES = [
  ...(['js', 'python', 'rust', 'go', 'jvm', 'dotnet', 'ruby', 'php', 'c', 'swift'] as const),
  ...(['dart', 'beam', 'haskell', 'perl', 'lua', 'r', 'shell'] as const),
] as const;
/** Programs of one language load each other's files. */
export type Language = (typeof ALL_LANGUAGES)[number];

/** Endings of code, and of data that programs of the language take settings or templates from. */
const ENDINGS: Readonly<Record<Language, string>> = {
  js: 'js mjs cjs jsx ts mts cts tsx vue svelte astro coffee mdx ejs hbs pug njk html node wasm json jsonc json5 yml yaml',
  python: 'py pyw pyi pyx pxd ipynb so toml cfg ini yml yaml json jinja j2',
  rust: 'rs toml',
  go: 'go tmpl s c h mod sum work',
  jvm: 'java kt kts scala sc groovy gradle clj cljc cljs edn jsp xml properties conf jar class json yml yaml toml',
  dotnet: 'cs csx fs fsx vb razor cshtml xaml resx xml json config props targets dll',
  ruby: 'rb rake erb haml slim gemspec ru builder yml yaml',
  php: 'php phtml inc twig latte neon xml json yml yaml',
  c: 'c h cc cpp cxx hpp hxx hh m mm s asm cu cuh in inc def y l',
  swift: 'swift m mm h c json',
  dart: 'dart yaml',
  beam: 'ex exs erl hrl eex heex leex',
  haskell: 'hs lhs cabal yaml',
  perl: 'pl pm t psgi',
  lua: 'lua',
  r: 'r rmd qmd',
  shell: 'sh bash zsh ksh fish bats ps1 psm1 psd1 bat cmd',
};

/** Documents, images, styles, media: no tool takes them for code. */
const NEVER = setOf(
  `md markdown rst adoc asciidoc txt text pdf doc docx odt rtf csv tsv log png jpg jpeg gif webp avif ico bmp tif tiff svg psd ai eps
   mp3 mp4 m4a wav ogg flac webm mov avi ttf otf woff woff2 eot css scss sass less styl pcss po pot map`,
);
/** Documents by their whole name, without an ending or with one of a document. */
const DOCUMENT =
  /^(?:readme|license|licence|copying|notice|authors|contributors|maintainers|changelog|changes|history|news|todo|version|code_of_conduct|contributing)$/;
/** pytest runs what these show of a Python session, without being told. */
const SHOWN_SESSION = /^test.*\.txt$/;
/** They leave files out, or say how text is laid out. */
const LEAVES_OUT = /^\.[\w-]*ignore$|^\.git-?keep$|^\.keep$|^\.editorconfig$/;

/** Plain data, where it lies among other data. */
const DATA = setOf('json jsonc json5 yml yaml toml xml html ini');
const DATA_FOLDER =
  /^(?:data|fixtures?|__fixtures__|testdata|test-data|locales?|i18n|l10n|translations|docs?|assets|public|static|images)$/;

/** Of the protected files, those that some program of the project runs or obeys; CI and agents have their own programs. */
const SETTINGS: ReadonlySet<string> = new Set([
  'package manifest',
  'lock file',
  'package manager configuration',
  'installed code',
  'build script',
  'task runner',
  'lint configuration',
  'test configuration',
  'bundler configuration',
  'environment hook',
  'shell start-up file',
  'git hooks',
]);

const LANGUAGES_OF = byEnding();
const PYTHON: ReadonlySet<Language> = new Set(['python']);

export type FileKind =
  /** Manifests, build scripts, settings of tools, installed code: any program of the project may run it. */
  | { kind: 'settings' }
  | { kind: 'code'; languages: ReadonlySet<Language> }
  /** Code of a language that is not known here. */
  | { kind: 'unknown' }
  | { kind: 'never' };

const memo = new Map<string, FileKind>();
const MAX_MEMO = 4000;

/** Of a path that is root-relative, or absolute when it lies outside. Pure and total. */
export function kindOfFile(path: string): FileKind {
  const known = memo.get(path);
  if (known !== undefined) return known;
  if (memo.size >= MAX_MEMO) memo.clear();
  const kind = findKind(path);
  memo.set(path, kind);
  return kind;
}

function findKind(path: string): FileKind {
  if (protectionsOf(path).some(({ what }) => SETTINGS.has(what))) return { kind: 'settings' };
  const segments = foldPath(path);
  const name = segments.at(-1) ?? '';
  if (LEAVES_OUT.test(name)) return { kind: 'never' };
  if (SHOWN_SESSION.test(name)) return { kind: 'code', languages: PYTHON };
  const dot = name.lastIndexOf('.');
  const stem = dot < 0 ? name : name.slice(0, dot);
  const ending = dot < 0 ? '' : name.slice(dot + 1);
  if (NEVER.has(ending) || (dot < 0 && DOCUMENT.test(stem))) return { kind: 'never' };
  const inData = segments.slice(0, -1).some((segment) => DATA_FOLDER.test(segment));
  if (inData && DATA.has(ending)) return { kind: 'never' };
  const languages = LANGUAGES_OF.get(ending);
  return languages === undefined ? { kind: 'unknown' } : { kind: 'code', languages };
}

function byEnding(): ReadonlyMap<string, ReadonlySet<Language>> {
  const found = new Map<string, Set<Language>>();
  const add = (language: Language): void => {
    for (const ending of ENDINGS[language].split(' ')) {
      found.set(ending, (found.get(ending) ?? new Set<Language>()).add(language));
    }
  };
  ALL_LANGUAGES.forEach(add);
  return found;
}

function setOf(names: string): ReadonlySet<string> {
  return new Set(names.split(/\s+/).filter((name) => name !== ''));
}
