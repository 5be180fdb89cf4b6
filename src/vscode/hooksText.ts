// What the review of a hook says, in the list, in an editor and in the dialog that decides. No vscode import.
import { compileMatcher } from '../core/hooks/matcher.ts';
import { matcherNames } from '../core/hooks/toolNames.ts';
import { plainPick } from './plainText.ts';
import { displayBytes } from '../protocol/displayBytes.ts';
import type { HookFacts, HookState } from '../core/hooks/types.ts';
import type { HookReview, ReviewedHook } from '../core/ports/hooks.ts';

/** Hooks of more characters or lines, and those that run files, are looked at in the editor first: a dialog does not scroll. */
const MAX_DIALOG_LINES = 15;
const MAX_DIALOG_CHARS = 1200;
const MAX_LABEL = 80;

export const KEEP_OFF = 'Do Not Run It';
export const LET_RUN = 'Let It Run';

/** A file that the hook runs, as it is now; null when its text is not what the hash is of, or is none. */
export interface ShownFile {
  path: string;
  text: string | null;
}

const STATES: Readonly<Record<HookState, { icon: string; text: string }>> = {
  new: { icon: '$(question)', text: 'not looked at: does not run' },
  accepted: { icon: '$(pass)', text: 'runs before the calls it is for' },
  refused: { icon: '$(circle-slash)', text: 'refused: does not run' },
  changed: {
    icon: '$(warning)',
    text: 'changed since you let it run: does not run, its calls ask',
  },
};

const NOW: Readonly<Record<HookState, string>> = {
  new: 'It does not run: you have not let it.',
  accepted: 'It runs: you accepted exactly this hook.',
  refused: 'It does not run: you refused it.',
  changed: 'It changed since you accepted it. It does not run, and the calls it was for ask.',
};

export function hookRow({ name, facts, state }: ReviewedHook): {
  label: string;
  description: string;
  detail: string;
} {
  const { command } = facts;
  const short = command.length > MAX_LABEL ? `${command.slice(0, MAX_LABEL)}…` : command;
  const { icon, text } = STATES[state];
  return { label: `${icon} ${plainPick(short)}`, description: plainPick(name), detail: text };
}

/** Everything of the folders that is no hook that could be let run, one line each. */
export function besideText({ problems, unsupported }: HookReview): string[] {
  return [
    ...problems.map(({ name, message }) => `${displayBytes(name)}: ${displayBytes(message)}`),
    ...unsupported.map(
      ({ name, count }) =>
        `${displayBytes(name)}: ${count === 1 ? 'one hook' : `${count} hooks`} of an event that Countersign does not know; never run`,
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
    'A hook of this workspace',
    '',
    'It comes with the workspace’s files; you did not write it. Once you let it, this command',
    'runs with your rights before each call that it is for, without asking you. It can deny',
    'calls, make them ask, allow what only the mode asks about, and rewrite their arguments.',
    '',
    ...factLines(hook, tools),
    '',
    ...changeLines(hook),
    `Now       ${NOW[hook.state]}`,
    `SHA-256   ${hook.hash}`,
    '',
    ...files.flatMap(fileLines),
    'What the command and these files load or run in turn is not shown here, and not watched.',
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
  if (text === null) return [head, 'It cannot be shown here. Look at the file itself.', ''];
  return [head, ...text.split('\n').map((line) => displayBytes(line, true)), ''];
}

/** The dialog that decides; `complete` when it holds all that there is to look at. */
export function reviewDialog(
  hook: ReviewedHook,
  tools: readonly string[],
): { question: string; detail: string; complete: boolean } {
  const lines = [...factLines(hook, tools), ...changeLines(hook)];
  const short = lines.length <= MAX_DIALOG_LINES && lines.join('\n').length <= MAX_DIALOG_CHARS;
  const what = short ? lines : ['All of it stands in the editor behind this dialog.'];
  const hash = `SHA-256 ${hook.hash.slice(0, 16)}…`;
  return {
    question: 'Let this hook of the workspace run before calls, without asking?',
    detail: [...what, '', 'This holds for exactly this hook and these files.', hash].join('\n'),
    complete: short && hook.facts.files.length === 0,
  };
}

function factLines({ name, facts }: ReviewedHook, tools: readonly string[]): string[] {
  const env = Object.entries(facts.env).map(([key, value]) => `${key}=${value}`);
  return [
    line('File', name),
    line('For', whatFor(facts, tools)),
    ...lines('Command', facts.command.split('\n')),
    line('Shell', facts.shell),
    line('Folder', facts.cwd),
    ...lines('With', env),
    line('Time', `${facts.timeoutSeconds} s`),
    ...lines(
      'Runs',
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
  const covers = hit.length === tools.length ? 'every call' : hit.join(', ') || 'no call of ours';
  return matcher === null ? covers : `${covers} (matcher ${JSON.stringify(matcher)})`;
}

function changeLines({ state, facts, before }: ReviewedHook): string[] {
  if (state !== 'changed') return [];
  if (before === null) return ['Changed   What you accepted before is not known any more.'];
  const named = { ...facts, env: JSON.stringify(facts.env) };
  const earlier = { ...before, env: JSON.stringify(before.env) };
  const keys = ['matcher', 'command', 'shell', 'cwd', 'env', 'timeoutSeconds'] as const;
  const changed = keys.flatMap((key) =>
    named[key] === earlier[key] ? [] : [`${key} was ${String(earlier[key])}`],
  );
  const files = before.files.flatMap(({ path, sha256 }) => {
    const now = facts.files.find((file) => file.path === path);
    if (now?.sha256 === sha256) return [];
    return [now ? `${path} has another content` : `${path} is not run any more`];
  });
  const added = facts.files
    .filter(({ path }) => !before.files.some((file) => file.path === path))
    .map(({ path }) => `${path} is new`);
  return lines('Changed', [...changed, ...files, ...added]);
}

/** What is said once of hooks that wait to be looked at. */
export function noticeText(waiting: readonly ReviewedHook[]): string {
  const count = waiting.length === 1 ? 'A hook' : `${waiting.length} hooks`;
  const changed = waiting.some(({ state }) => state === 'changed')
    ? ' Calls that a changed hook was for ask until then.'
    : '';
  const verb = waiting.length === 1 ? 'waits' : 'wait';
  return `${count} of this workspace ${verb} to be looked at, and ${waiting.length === 1 ? 'does' : 'do'} not run until then.${changed}`;
}
