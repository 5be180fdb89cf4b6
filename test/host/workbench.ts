// A VS Code workbench in a headless browser, driven as a user would drive it. For test/browser.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import type { BrowserContext, Frame, Locator, Page } from 'playwright-core';
import { ensureBrowser } from './browser.mjs';
import type { Host } from './host.mjs';
import { ROOT } from './paths.mjs';

export interface WorkbenchOptions {
  /** Id of a theme: `Dark 2026`, `Light 2026`, `Dark Modern`, `Default High Contrast`, ... */
  readonly colorTheme?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** The browser's profile; give the same one again to come back as the same browser. Default: a fresh one. */
  readonly userDataDir?: string;
  /** Of the display, such as `de`: what VS Code hands to extensions; its own texts stay English. */
  readonly language?: string;
  /** Another page than the host's own, for example on another folder. */
  readonly url?: string;
}

export interface Workbench {
  readonly page: Page;
  /** The open quick pick or input box. */
  readonly quickPick: QuickPick;
  /** Runs a command by its title in the command palette, like `View: Toggle Terminal`. */
  runCommand(title: string): Promise<void>;
  /** The webview frame that holds an element with this `data-testid`, once there is one. */
  webviewFrame(testId: string, timeoutMs?: number): Promise<Frame>;
  /** Saves what is on screen to test/output/screenshots/NAME.png; returns the file. */
  screenshot(name: string): Promise<string>;
  /** Visible lines of the active text editor. */
  editorText(): Promise<string>;
  /** Waits for a notification with this text. */
  notification(text: string | RegExp): Locator;
  /** Loads the page again, as a user's Reload Window does, and waits until the workbench is back. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

export interface QuickPick {
  /** The input box. */
  readonly input: Locator;
  /** Waits until it is open. */
  opened(): Promise<void>;
  /** Labels of the rows on screen. */
  labels(): Promise<string[]>;
  /** Types a filter and takes the first row with this text. */
  choose(text: string): Promise<void>;
  /** Types into the box and accepts. */
  enter(text: string): Promise<void>;
}

const READY_MS = 60_000;
const FRAME_MS = 30_000;
const COMMAND_MS = 30_000;
const PALETTE_MS = 2_000;
const VIEWPORT = { width: 1400, height: 900 };

/** Opens the host's page and waits until the workbench is restored and its extension host runs. */
export async function openWorkbench(
  host: Host,
  options: WorkbenchOptions = {},
): Promise<Workbench> {
  if (options.colorTheme) {
    const fixed = { 'window.autoDetectColorScheme': false, 'window.autoDetectHighContrast': false };
    host.setSettings({ 'workbench.colorTheme': options.colorTheme, ...fixed });
  }
  const launch = { ...(await ensureBrowser()), headless: true };
  const context = await chromium.launchPersistentContext(options.userDataDir ?? '', {
    ...launch,
    viewport: options.viewport ?? VIEWPORT,
    reducedMotion: 'reduce', // nothing fades while a test looks
  });
  try {
    if (options.language) await context.addInitScript(speak, options.language);
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(options.url ?? host.url);
    await restored(page, host);
    return workbenchOf(page, host, context);
  } catch (error) {
    await context.close();
    throw error;
  }
}

/** Runs in the page before its scripts: what a language pack's messages file would say. */
function speak(language: string): void {
  const fixed = { get: () => language, set: () => undefined };
  Object.defineProperty(globalThis, '_VSCODE_NLS_LANGUAGE', fixed);
}

function workbenchOf(page: Page, host: Host, context: BrowserContext): Workbench {
  const quickPick = quickPickOf(page);
  return {
    page,
    quickPick,
    runCommand: (title) => runCommand(page, quickPick, title),
    webviewFrame: (testId, timeoutMs = FRAME_MS) => frameWith(page, testId, timeoutMs),
    screenshot: async (name) => {
      const file = path.join(ROOT, 'test', 'output', 'screenshots', `${name}.png`);
      mkdirSync(path.dirname(file), { recursive: true });
      await page.screenshot({ path: file });
      return file;
    },
    editorText: () => editorText(page),
    notification: (text) => page.locator('.notification-toast').filter({ hasText: text }).first(),
    reload: async () => {
      await page.reload();
      await restored(page, host);
    },
    close: () => context.close(),
  };
}

async function restored(page: Page, host: Host): Promise<void> {
  await page.waitForSelector('.monaco-workbench .statusbar-item', { timeout: READY_MS });
  const deadline = Date.now() + READY_MS;
  while ((await host.extensionHostPids()).length === 0) {
    if (Date.now() > deadline) throw new Error(`No extension host was started; see ${host.logs}`);
    await wait(50);
  }
}

/**
 * The palette lists the commands there are when it opens: a command of a late extension needs another try. So does
 * a key that was pressed while a webview with the focus was being loaded, or while the last palette was closing.
 */
async function runCommand(page: Page, quickPick: QuickPick, title: string): Promise<void> {
  const row = page
    .locator('.quick-input-widget .monaco-list-row')
    .filter({ hasText: title })
    .first();
  const deadline = Date.now() + COMMAND_MS;
  for (;;) {
    await page.keyboard.press('F1');
    try {
      await quickPick.input.waitFor({ state: 'visible', timeout: PALETTE_MS });
      await quickPick.input.fill(`>${title}`, { timeout: PALETTE_MS });
      await row.click({ timeout: PALETTE_MS });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

function quickPickOf(page: Page): QuickPick {
  const widget = page.locator('.quick-input-widget');
  const input = widget.locator('.quick-input-box input');
  const rows = widget.locator('.quick-input-list .monaco-list-row');
  // The palette that ran the command may still be closing: what it holds begins with `>`.
  const opened = async () => {
    await input.waitFor({ state: 'visible', timeout: FRAME_MS });
    await page.waitForFunction(
      () => {
        const box = document.querySelector('.quick-input-widget .quick-input-box input');
        return (
          box instanceof HTMLInputElement && box.checkVisibility() && !box.value.startsWith('>')
        );
      },
      undefined,
      { timeout: FRAME_MS },
    );
  };
  return {
    input,
    opened,
    labels: () => rows.locator('.quick-input-list-entry .label-name').allInnerTexts(),
    choose: async (text) => {
      await opened();
      if ((await input.inputValue()) === '') await input.fill(text);
      await rows.filter({ hasText: text }).first().click({ timeout: FRAME_MS });
    },
    enter: async (text) => {
      await opened();
      await input.fill(text);
      await input.press('Enter');
    },
  };
}

/** Webviews are frames in frames that come and go while they load: looks until one has the element. */
async function frameWith(page: Page, testId: string, timeoutMs: number): Promise<Frame> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    for (const frame of page.frames()) {
      if (await holds(frame, testId)) return frame;
    }
    if (Date.now() > deadline) {
      throw new Error(`No webview shows an element with data-testid="${testId}"`);
    }
    await wait(50);
  }
}

async function holds(frame: Frame, testId: string): Promise<boolean> {
  try {
    return (await frame.getByTestId(testId).count()) > 0;
  } catch {
    return false; // the frame was replaced meanwhile
  }
}

async function editorText(page: Page): Promise<string> {
  const editor = page.locator('.editor-group-container.active .monaco-editor').last();
  const lines = editor.locator('.view-lines .view-line');
  // Lines are laid out by position, not in document order; the spaces on screen are non-breaking ones.
  const texts = await lines.evaluateAll((elements) =>
    elements
      .map((element) => ({ top: element.getBoundingClientRect().top, text: element.textContent }))
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text.replaceAll('\u00a0', ' ')),
  );
  return texts.join('\n');
}
