// What the review of a hook says, in the list, in an editor and in the dialog that decides. No vscode import.
import { compileMatcher } from '../core/hooks/matcher.ts';
import { matcherNames } from '../core/hooks/toolNames.ts';
import { plainPick } from './plainText.ts';
import { displayBytes } from '../protocol/displayBytes.ts';
import type { HookFacts, HookState } from '../core/hooks/types.ts';
import { t } from '../protocol/l10n.ts';
import type { HookReview, ReviewedHook } from '../core/ports/hooks.ts';

/** Hooks of more characters or lines, and those that run files, are looked at in the editor first: a dialog does not scroll. */
const MAX_DIALOG_LINES = 15;
const MAX_DIALOG_CHARS = 1200;
const MAX_LABEL = 80;

export const keepOff = (): string => t('Do Not Run It');
export const letRun = (): string => t('Let It Run');

/** A file that the hook runs, as it is now; null when its text is not what the hash is of, or is none. */
export interface ShownFile {
  path: string;
  text: string | null;
}

interface StateLook {
  icon: string;
  /** In the list. */
  text: string;
  /** In the review. */
  now: string;
}

function lookOf(state: HookState): StateLook {
  const looks: Readonly<Record<HookState, StateLook>> = {
    new: {
      icon: '$(question)',
      text: t('not looked at: does not run'),
      now: t('It does not run: you have not let it.'),
    },
    accepted: {
      icon: '$(pass)',
      text: t('runs before the calls it is for'),
      now: t('It runs: you let exactly this hook run.'),
    },
    refused: {
      icon: '$(circle-slash)',
      text: t('refused: does not run'),
      now: t('It does not run: you refused it.'),
    },
    changed: {
      icon: '$(warning)',
      text: t('changed since you let it run: does not run, its calls ask'),
      now: t('It changed since you let it run. It does not run, and the calls it was for ask.'),
    },
  };
  return looks[state];
}

export function hookRow({ name, facts, state }: ReviewedHook): {
  label: string;
  description: string;
  detail: string;
} {
  const { command } = facts;
  const short = command.length > MAX_LABEL ? `${command.slice(0, MAX_LABEL)}…` : command;
  const { icon, text } = lookOf(state);
  return { label: `${icon} ${plainPick(short)}`, description: plainPick(name), detail: text };
}

/** Everything of the folders that is no hook that could be let run, one line each. */
export function besideText({ problems, unsupported }: HookReview): string[] {
  return [
    ...problems.map(({ name, message }) => `${displayBytes(name)}: ${displayBytes(message)}`),
    ...unsupported.map(({ name, count }) =>
      count === 1
        ? t(
            '{0}: one hook of an event that Countersign does not know; never run',
            displayBytes(name),
          )
        : t(
            '{0}: {1} hooks of an event that Countersign does not know; never run',
            displayBytes(name),
            count,
          ),
    ),
  ];
}

/** The whole review as plain text, every hidden character made visible. */
export function reviewText(
  hook: ReviewedHook,
  tools: readonly string[],
  files: readonly ShownFile[],
): string {
  return [
    t('A hook of this workspace'),
    '',
    t('It comes with the workspace’s files; you did not write it. Once you let it, this command'),
    t('runs with your rights before each call that it is for, without asking you. It can deny'),
    t('calls, make them ask, allow what only the mode asks about, and rewrite their arguments.'),
    '',
    ...factLines(hook, tools),
    '',
    ...changeLines(hook),
    line(t('Now'), lookOf(hook.state).now),
    `SHA-256   ${hook.hash}`,
    '',
    ...files.flatMap(fileLines),
    t('What the command and these files load or run in turn is not shown here, and not watched.'),
    '',
  ]
    .flatMap(wrapped)
    .join('\n');
}

/** Nothing stands beyond the edge of the editor, where blanks could hide it. */
function wrapped(text: string): string[] {
  const pieces = text.match(/.{1,100}/gsu) ?? [''];
  return pieces.map((piece, index) => (index === 0 ? piece : `      ↪ ${piece}`));
}

function fileLines({ path, text }: ShownFile): string[] {
  const head = `──── ${displayBytes(path)} ────`;
  if (text === null) return [head, t('It cannot be shown here. Look at the file itself.'), ''];
  return [head, ...text.split('\n').map((line) => displayBytes(line, true)), ''];
}

/** The dialog that decides; `complete` when it holds all that there is to look at. */
export function reviewDialog(
  hook: ReviewedHook,
  tools: readonly string[],
): { question: string; detail: string; complete: boolean } {
  const lines = [...factLines(hook, tools), ...changeLines(hook)];
  const short = lines.length <= MAX_DIALOG_LINES && lines.join('\n').length <= MAX_DIALOG_CHARS;
  const what = short ? lines : [t('All of it stands in the editor behind this dialog.')];
  const hash = `SHA-256 ${hook.hash.slice(0, 16)}…`;
  return {
    question: t('Let this hook of the workspace run before calls, without asking?'),
    detail: [...what, '', t('This holds for exactly this hook and these files.'), hash].join('\n'),
    complete: short && hook.facts.files.length === 0,
  };
}

function factLines({ name, facts }: ReviewedHook, tools: readonly string[]): string[] {
  const env = Object.entries(facts.env).map(([key, value]) => `${key}=${value}`);
  return [
    line(t('File'), name),
    line(t('For'), whatFor(facts, tools)),
    ...lines(t('Command'), facts.command.split('\n')),
    line(t('Shell'), facts.shell),
    line(t('Folder'), facts.cwd),
    ...lines(t('With'), env),
    line(t('Time'), `${facts.timeoutSeconds} s`),
    ...lines(
      t('Runs'),
      facts.files.map(({ path }) => path),
    ),
  ];
}

function line(label: string, value: string): string {
  return `${label.padEnd(10)}${displayBytes(value)}`;
}

function lines(label: string, values: readonly string[]): string[] {
  return values.map((value, index) => line(index === 0 ? label : '', value));
}

function whatFor({ matcher }: HookFacts, tools: readonly string[]): string {
  const compiled = compileMatcher(matcher);
  const hit = tools.filter(
    (tool) => compiled.ok && matcherNames(tool).some((name) => compiled.matches(name)),
  );
  const covers =
    hit.length === tools.length ? t('every call') : hit.join(', ') || t('no call of ours');
  return matcher === null ? covers : t('{0} (matcher {1})', covers, JSON.stringify(matcher));
}

function changeLines({ state, facts, before }: ReviewedHook): string[] {
  if (state !== 'changed') return [];
  if (before === null)
    return [line(t('Changed'), t('What you let run before is not known any more.'))];
  const named = { ...facts, env: JSON.stringify(facts.env) };
  const earlier = { ...before, env: JSON.stringify(before.env) };
  const keys = ['matcher', 'command', 'shell', 'cwd', 'env', 'timeoutSeconds'] as const;
  const changed = keys.flatMap((key) =>
    named[key] === earlier[key] ? [] : [t('{0} was {1}', key, String(earlier[key]))],
  );
  const files = before.files.flatMap(({ path, sha256 }) => {
    const now = facts.files.find((file) => file.path === path);
    if (now?.sha256 === sha256) return [];
    return [now ? t('{0} has another content', path) : t('{0} is not run any more', path)];
  });
  const added = facts.files
    .filter(({ path }) => !before.files.some((file) => file.path === path))
    .map(({ path }) => t('{0} is new', path));
  return lines(t('Changed'), [...changed, ...files, ...added]);
}

/** What is said once of hooks that wait to be looked at. */
export function noticeText(waiting: readonly ReviewedHook[]): string {
  const changed = waiting.some(({ state }) => state === 'changed')
    ? [t('Calls that a changed hook was for ask until then.')]
    : [];
  const said =
    waiting.length === 1
      ? t('A hook of this workspace waits to be looked at, and does not run until then.')
      : t(
          '{0} hooks of this workspace wait to be looked at, and do not run until then.',
          waiting.length,
        );
  return [said, ...changed].join(' ');
}
