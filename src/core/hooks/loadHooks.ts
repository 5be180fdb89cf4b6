// Finds the hooks of the workspace folders and binds each to what it would run. Reads only; total: what cannot be read is a
// problem that says whose hooks it hides.
import { bindHook, subjectOf, type BindDeps } from './bindHook.ts';
import { parseHookFile, type HookFileContext } from './parseHookFile.ts';
import type { LoadedHooks } from './types.ts';
import type { Files } from '../ports/workspace.ts';

export interface LoadDeps extends BindDeps {
  /** Of what is on the disk: unsaved text is not what runs. */
  files: Files;
  platform: HookFileContext['platform'];
}

const FOLDER = '.github/hooks';
const SETTINGS = '.claude/settings.json';
const MAX_BYTES = 256 * 1024;
const MAX_FILES = 50;

/** Before the user trusts the workspace nobody may call this. */
export async function loadHooks(deps: LoadDeps): Promise<LoadedHooks> {
  const loaded: LoadedHooks = { hooks: [], problems: [], unsupported: [] };
  for (const folder of deps.files.roots) {
    for (const file of await hookFiles(deps, folder, loaded)) {
      await loadFile(deps, { folder, file }, loaded);
    }
  }
  return loaded;
}

/** Files of hooks in one workspace folder, in the order in which they count. */
async function hookFiles(
  { files }: LoadDeps,
  folder: string,
  loaded: LoadedHooks,
): Promise<string[]> {
  const refuse = (message: string): string[] => {
    const subject = `${folder}/${FOLDER}/`;
    loaded.problems.push({ subject, name: shownName(files, folder, FOLDER), message });
    return [SETTINGS];
  };
  const path = await files.resolve(`${folder}/${FOLDER}`);
  if (!path.exists && path.special !== true) return [SETTINGS];
  if (path.real !== `${folder}/${FOLDER}`) return refuse('it is a link, or lies behind one');
  if (!path.isDirectory) return refuse('it is not a folder');
  const listed = await files.list(path.real, 1);
  if ('error' in listed) return refuse(listed.error);
  const names = listed.entries
    .filter(({ path, kind }) => path.endsWith('.json') && kind !== 'directory')
    .map(({ path }) => `${FOLDER}/${path}`);
  if (listed.truncated || names.length > MAX_FILES) {
    return refuse(`there are more than ${MAX_FILES} files of hooks`);
  }
  return [...names, SETTINGS];
}

async function loadFile(
  deps: LoadDeps,
  { folder, file }: { folder: string; file: string },
  loaded: LoadedHooks,
): Promise<void> {
  const read = await readHookFile(deps.files, folder, file);
  if (read === null) return;
  const shown = shownName(deps.files, folder, file);
  const problem = (place: string | null, message: string): void => {
    const name = place === null ? shown : `${shown} ${place}`;
    loaded.problems.push({ subject: subjectOf(folder, file, place ?? ''), name, message });
  };
  if (!read.ok) return problem(null, read.message);
  const dialect = file === SETTINGS ? 'claude' : 'vscode';
  const parsed = parseHookFile(read.text, { file, dialect, platform: deps.platform });
  for (const { place, message } of parsed.problems) problem(place, message);
  for (const { event, count } of parsed.unsupported) {
    loaded.unsupported.push({ name: `${shown} ${event}`, count });
  }
  for (const entry of parsed.entries) {
    const bound = await bindHook(deps, entry, folder);
    if (bound.ok) loaded.hooks.push({ ...bound.hook, name: `${shown} ${entry.place}` });
    else problem(entry.place, bound.message);
  }
}

/** With the name of its workspace folder where there are several. */
function shownName({ roots }: Pick<Files, 'roots'>, folder: string, file: string): string {
  const name = folder.split(/[/\\]/).at(-1) ?? '';
  return roots.length > 1 ? `${name}/${file}` : file;
}

type ReadFile = { ok: true; text: string } | { ok: false; message: string };

/** Null when there is no such file. */
async function readHookFile(files: Files, folder: string, file: string): Promise<ReadFile | null> {
  const expected = `${folder}/${file}`;
  const path = await files.resolve(expected);
  if (!path.exists && path.special !== true && path.real === expected) return null;
  if (path.real !== expected) return { ok: false, message: 'it is a link, or lies behind one' };
  const read = await files.read(path.real);
  switch (read.kind) {
    case 'text':
      return read.text.length > MAX_BYTES
        ? { ok: false, message: `it is larger than ${MAX_BYTES} bytes` }
        : { ok: true, text: read.text };
    case 'missing':
      return null;
    case 'directory':
      return { ok: false, message: 'it is a folder' };
    case 'binary':
    case 'notUtf8':
      return { ok: false, message: 'it is not text' };
    case 'tooLarge':
      return { ok: false, message: `it is larger than ${read.limit} bytes` };
    case 'failed':
      return { ok: false, message: read.message };
  }
}
