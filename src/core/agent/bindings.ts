// What an approval of a command is bound to: the files it runs or loads by name, as they are when it is shown. Reads only.
import { beforeDots } from '../policy/place.ts';
import { scriptOperands } from '../policy/scriptOperands.ts';
import { shownPath } from '../tools/paths.ts';
import type { BoundFile, CommandProposal, Proposal } from '../../protocol/calls.ts';
import type { PolicySubject } from '../policy/types.ts';
import type { Files, Fingerprint, ResolvedPath } from '../ports/workspace.ts';
import type { Texts } from '../ports/system.ts';

/** Contents as earlier edits of the batch leave them, by real path; null: no file. */
export type Overlay = ReadonlyMap<string, string | null>;

interface BindDeps {
  files: Pick<Files, 'resolve' | 'fingerprint'>;
  texts: Pick<Texts, 'sha256'>;
}

type Shell = Extract<PolicySubject, { group: 'shell' }>;

interface Bindings {
  binds: BoundFile[];
  unbound: string[];
}

/** More are named, not bound. */
const MAX_FILES = 32;
const MAX_NAMED = 10;

/** The proposal of a command with what it is bound to; any other one as it is. */
export async function withBindings(
  deps: BindDeps,
  of: { proposal: Proposal; subject: PolicySubject },
  overlay: Overlay,
): Promise<Proposal> {
  const { proposal, subject } = of;
  if (proposal.kind !== 'command' || subject.group !== 'shell') return proposal;
  const { binds, unbound } = await bindingsOf(deps, subject, overlay);
  return {
    ...proposal,
    ...(binds.length > 0 && { binds }),
    ...(unbound.length > 0 && { unbound }),
  };
}

async function bindingsOf(deps: BindDeps, subject: Shell, overlay: Overlay): Promise<Bindings> {
  const { files, unknown } = scriptOperands(subject.parse, subject.shell);
  const binds = new Map<string, BoundFile>();
  const unbound = new Set(unknown.map((word) => `${word}: known only when it runs`));
  for (const { paths, always, program } of files) {
    const tried: BoundFile[] = [];
    for (const text of paths) {
      const path = await resolveFrom(deps, subject.cwd, text);
      if (path === null) {
        unbound.add(`${text}: it climbs out of a link`);
        continue;
      }
      if (path.isDirectory) {
        // A folder that is searched or tested is no script, but `node folder` runs what is in it.
        if (always && program === undefined) unbound.add(`${shownPath(path)}: it is a folder`);
        break;
      }
      const bound = await bind(deps, path, overlay);
      if (typeof bound === 'string') unbound.add(bound);
      else tried.push(bound);
      if (typeof bound === 'string' || bound.hash !== null) break;
    }
    const found = tried.some(({ hash }) => hash !== null);
    if (found || always) for (const bound of tried) binds.set(bound.lexical, bound);
  }
  return capped([...binds.values()], [...unbound]);
}

function capped(binds: readonly BoundFile[], unbound: readonly string[]): Bindings {
  const more = binds.slice(MAX_FILES).map(({ path }) => `${path}: more than ${MAX_FILES} files`);
  const all = [...unbound, ...more];
  const rest = all.length - MAX_NAMED;
  return {
    binds: binds.slice(0, MAX_FILES),
    unbound: rest > 0 ? [...all.slice(0, MAX_NAMED), `${rest} more`] : all,
  };
}

/** Null where `..` stands behind a link: the shell would go elsewhere than the words say. */
async function resolveFrom(
  { files }: BindDeps,
  cwd: ResolvedPath,
  text: string,
): Promise<ResolvedPath | null> {
  const absolute = /^(?:[\\/]|[A-Za-z]:[\\/])/.test(text);
  const at = (path: string): string => (absolute ? path : `${cwd.real}/${path}`);
  for (const before of beforeDots(text)) {
    const { lexical, real } = await files.resolve(at(before));
    if (lexical !== real) return null;
  }
  return files.resolve(at(text));
}

async function bind(
  deps: BindDeps,
  path: ResolvedPath,
  overlay: Overlay,
): Promise<BoundFile | string> {
  const shown = shownPath(path);
  const print = await printOf(deps, path.real, overlay);
  const place = { path: shown, lexical: path.lexical, realPath: path.real };
  if (print.kind === 'none') return `${shown}: ${print.why}`;
  if (print.kind === 'missing') return { ...place, hash: null, size: 0, lines: null };
  const { hash, size, lines } = print;
  return { ...place, hash, size, lines };
}

async function printOf(deps: BindDeps, real: string, overlay: Overlay): Promise<Fingerprint> {
  const text = overlay.get(real);
  if (text === undefined) return deps.files.fingerprint(real);
  if (text === null) return { kind: 'missing' };
  const size = new TextEncoder().encode(text).length;
  const lines = text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
  return { kind: 'file', hash: deps.texts.sha256(text), size, lines };
}

/** The files that are not what the proposal is bound to, as shown; none when the consent holds. */
export async function changedFiles(
  deps: BindDeps,
  proposal: Proposal,
  overlay: Overlay = new Map(),
): Promise<string[]> {
  const changed: string[] = [];
  for (const bound of boundFiles(proposal)) {
    const now = await lookAgain(deps, bound, overlay);
    const same = typeof now !== 'string' && now.realPath === bound.realPath;
    if (!same || now.hash !== bound.hash) changed.push(bound.path);
  }
  return changed;
}

/** What the model and the human are told of a command that does not run because of it. */
export function changedText(changed: readonly string[]): string {
  return `Not run: ${changed.join(', ')} changed after the command was approved. Look at what is there now, and ask for the command again.`;
}

/** The same command, bound to its files as they are now. */
export async function boundAnew(
  deps: BindDeps,
  proposal: CommandProposal,
  overlay: Overlay,
): Promise<CommandProposal> {
  const { binds: before, unbound = [], ...rest } = proposal;
  const binds: BoundFile[] = [];
  const not = [...unbound];
  for (const bound of before ?? []) {
    const now = await lookAgain(deps, bound, overlay);
    if (typeof now === 'string') not.push(now);
    else binds.push(now);
  }
  return { ...rest, ...(binds.length > 0 && { binds }), ...(not.length > 0 && { unbound: not }) };
}

async function lookAgain(
  deps: BindDeps,
  bound: BoundFile,
  overlay: Overlay,
): Promise<BoundFile | string> {
  const path = await deps.files.resolve(bound.lexical);
  return path.isDirectory ? `${bound.path}: it is a folder` : bind(deps, path, overlay);
}

/** Edited arguments of a command, held to the files as they were when the human looked at it. */
export function onShownFiles(edited: Proposal, shown: Proposal): Proposal {
  if (edited.kind !== 'command' || edited.binds === undefined) return edited;
  const before = new Map(boundFiles(shown).map((bound) => [bound.lexical, bound]));
  return { ...edited, binds: edited.binds.map((now) => before.get(now.lexical) ?? now) };
}

function boundFiles(proposal: Proposal): readonly BoundFile[] {
  return proposal.kind === 'command' ? (proposal.binds ?? []) : [];
}
