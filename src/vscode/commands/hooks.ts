// Review Hooks…: each hook that the workspace brings along, the whole of it as a read-only text, and a native dialog that decides
// on exactly what was shown. Runs none.
import * as vscode from 'vscode';
import { registerCommand } from './register.ts';
import { COMMANDS } from '../ids.ts';
import * as text from '../hooksText.ts';
import { askNatively, notify } from '../notify.ts';
import { plainPick } from '../plainText.ts';
import { ReviewPages } from '../reviewPages.ts';
import { AppError } from '../../core/base/errors.ts';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle.ts';
import type { Contribution } from '../contribution.ts';
import type { OpenedEngine } from '../../core/services.ts';
import type { ReviewedHook } from '../../core/ports/hooks.ts';
import { t } from '../../protocol/l10n.ts';
import type { Services } from '../services.ts';

const SCHEME = 'countersign-hook';
/** Longer files are looked at in an editor of their own. */
const MAX_SHOWN_CHARS = 200_000;

export const hookCommands: Contribution = {
  name: 'hook commands',
  register: (services) => {
    const owned = new DisposableStore();
    const pages: Pages = owned.add(new ReviewPages(SCHEME, ({ text: all }) => all));
    owned.add(registerCommand(services, COMMANDS.reviewHooks, () => review(services, pages)));
    owned.add(
      registerCommand(services, COMMANDS.decideHook, async () => {
        const shown = pages.active();
        if (!shown) throw new AppError('no_review', t('Review a hook first; then decide on it.'));
        await decide(services, pages, shown.hook);
      }),
    );
    services.whenOpened((opened) => tellOfWaiting(services, opened));
    return owned;
  },
};

interface Page {
  hook: ReviewedHook;
  text: string;
}

type Pages = ReviewPages<Page>;

/** Once for each hook in this window, as soon as the workspace is trusted. */
function tellOfWaiting(services: Services, { hooks }: OpenedEngine): Disposable {
  const { settings, logger } = services;
  const told = new Set<string>();
  const look = (): void => {
    if (!settings.read().trusted) return;
    hooks.review().then(
      (found) => {
        const waiting = found.hooks.filter(({ state }) => state === 'new' || state === 'changed');
        const fresh = waiting.some(({ hash }) => !told.has(hash));
        for (const { hash } of waiting) told.add(hash);
        if (!fresh) return;
        notify('info', text.noticeText(waiting), [t('Review Hooks…')], () => {
          vscode.commands.executeCommand(COMMANDS.reviewHooks).then(undefined, () => undefined);
        });
      },
      (error: unknown) => logger.error('hooks could not be looked for', error),
    );
  };
  look();
  return settings.onChange(look);
}

interface Choice extends vscode.QuickPickItem {
  hook?: ReviewedHook;
}

async function review(services: Services, pages: Pages): Promise<void> {
  if (!services.settings.read().trusted) {
    throw new AppError('not_trusted', t('Hooks are read once you trust this workspace.'));
  }
  const { hooks } = await services.engine();
  const found = await hooks.review();
  const beside = text.besideText(found);
  if (found.hooks.length + beside.length === 0) {
    notify('info', t('This workspace brings no hooks.'));
    return;
  }
  const choices: Choice[] = [
    ...found.hooks.map((hook) => ({ ...text.hookRow(hook), hook })),
    ...(beside.length === 0
      ? []
      : [{ label: t('Never run'), kind: vscode.QuickPickItemKind.Separator }]),
    ...beside.map((line) => ({ label: `$(info) ${plainPick(line)}` })),
  ];
  const chosen = await vscode.window.showQuickPick(choices, {
    title: t('Hooks of this workspace'),
    placeHolder: t('Choose one to look at all of it. Nothing runs.'),
    matchOnDescription: true,
  });
  if (chosen?.hook) await show(services, pages, chosen.hook);
}

async function show(services: Services, pages: Pages, hook: ReviewedHook): Promise<void> {
  const opened = await services.engine();
  const tools = opened.tools.map(({ name }) => name);
  await pages.open(await pageOf(opened, hook), (count) => t('Hook {0}', count));
  // A long one, or one that runs files, is looked at first; Decide… stands in the title bar of its editor.
  if (text.reviewDialog(hook, tools).complete) await decide(services, pages, hook);
}

async function pageOf(opened: OpenedEngine, hook: ReviewedHook): Promise<Page> {
  const tools = opened.tools.map(({ name }) => name);
  return { hook, text: text.reviewText(hook, tools, await filesOf(opened, hook)) };
}

/** Only what the hash is of is shown. */
async function filesOf(
  { files }: OpenedEngine,
  { facts }: ReviewedHook,
): Promise<text.ShownFile[]> {
  return Promise.all(
    facts.files.map(async ({ path, sha256 }) => {
      const real = path.split(' → ').at(-1) ?? path;
      const read = await files.read(real);
      const same = read.kind === 'text' && read.hash === sha256;
      return { path, text: same && read.text.length <= MAX_SHOWN_CHARS ? read.text : null };
    }),
  );
}

async function decide(services: Services, pages: Pages, hook: ReviewedHook): Promise<void> {
  const opened = await services.engine();
  const { hooks, tools } = opened;
  const { question, detail } = text.reviewDialog(
    hook,
    tools.map(({ name }) => name),
  );
  // The first button has the focus: Enter, pressed once too often, lets nothing run.
  const answer = await askNatively(question, detail, [text.keepOff(), text.letRun()]);
  if (answer !== text.keepOff() && answer !== text.letRun()) return;
  const { subject, hash } = hook;
  const accepted = answer === text.letRun();
  const said = await hooks.answer({ subject, hash, accepted, by: services.windowName() });
  const now = (await hooks.review()).hooks.find((one) => one.subject === subject);
  if (said === 'kept') {
    if (!now) return;
    pages.update(
      await pageOf(opened, now),
      (page) => page.hook.subject === now.subject && page.hook.hash === now.hash,
    );
    return;
  }
  notify(
    'info',
    t('The hook changed while you looked at it. Nothing was acknowledged; here it is anew.'),
  );
  if (now) await show(services, pages, now);
}
