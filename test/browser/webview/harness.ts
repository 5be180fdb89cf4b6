// Serves the built page under the CSP of the real webview, with an `acquireVsCodeApi` whose messages the test controls.
import { createServer, type Server } from 'node:http';
import { mkdtempSync, readFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { HostToView, ViewToHost } from '../../../src/protocol/messages.ts';
import { contentPolicy } from '../../../src/vscode/webviewHtml.ts';
import { ensureBrowser } from '../../host/browser.mjs';
import { THEMES, themeCss } from './theme.ts';

const NONCE = 'abc123';
const PAGE = 'key-of-the-page';
const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
};

// The fake keeps what was posted, answers nothing, and keeps state over a reload like the real one.
const FAKE = `
  const posted = [];
  const violations = [];
  document.addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile + ':' + e.lineNumber + ':' + e.columnNumber));
  window.test = { posted, violations, say: (m) => window.postMessage(m, '*') };
  window.acquireVsCodeApi = () => ({
    postMessage: (m) => posted.push(structuredClone(m.page === '${PAGE}' ? m.message : { type: 'without the key', m })),
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
    setState: (s) => sessionStorage.setItem('state', JSON.stringify(s)),
  });
`;

function page(theme: string, source: string): string {
  const kind = THEMES[theme]?.kind ?? '';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
    <title>Countersign</title><meta name="viewport" content="width=device-width">
    <link rel="stylesheet" href="${source}/theme.css?theme=${theme}"><link rel="stylesheet" href="${source}/main.css">
    </head><body class="${kind}" data-vscode-theme-kind="${kind.split(' ')[0]}"><countersign-app></countersign-app>
    <script nonce="${NONCE}">${FAKE}</script><script nonce="${NONCE}" data-page="${PAGE}" src="${source}/main.js"></script></body></html>`;
}

/** Builds the page into a folder of its own, so that tests need no other build. */
async function buildPage(): Promise<string> {
  const outdir = mkdtempSync(path.join(tmpdir(), 'countersign-webview-'));
  const common = { bundle: true, target: 'chrome128', outdir, logLevel: 'warning' } as const;
  await build({
    ...common,
    entryPoints: ['webview/main.ts'],
    format: 'iife',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  });
  const syntax = { in: 'webview/syntaxScript.ts', out: 'syntax' };
  await build({ ...common, entryPoints: [syntax], format: 'esm' });
  return outdir;
}

function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`);
    const file = path.join(folder, path.basename(url.pathname));
    if (url.pathname === '/') {
      response.setHeader('Content-Security-Policy', contentPolicy(NONCE, url.origin));
      response.setHeader('Content-Type', 'text/html');
      response.end(page(url.searchParams.get('theme') ?? 'dark', url.origin));
    } else if (url.pathname === '/theme.css') {
      response.setHeader('Content-Type', 'text/css');
      response.end(themeCss(url.searchParams.get('theme') ?? 'dark'));
    } else if (existsSync(file)) {
      response.setHeader('Content-Type', TYPES[path.extname(file)] ?? 'application/octet-stream');
      response.end(readFileSync(file));
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

export interface OpenOptions {
  theme?: string;
  width?: number;
  height?: number;
  scale?: number;
}

/** One open page: what the host says to it and what it has posted. */
export class View {
  readonly page: Page;
  readonly console: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        this.console.push(message.text());
    });
    page.on('pageerror', (error) => this.console.push(String(error)));
  }

  async say(...messages: HostToView[]): Promise<void> {
    await this.page.evaluate((all) => {
      const { test } = window as unknown as { test: { say(m: unknown): void } };
      for (const message of all) test.say(message);
    }, messages);
    // Two frames: one for the model, one for the controls.
    await this.frames(3);
  }

  async frames(count: number): Promise<void> {
    await this.page.evaluate(async (n) => {
      for (let i = 0; i < n; i += 1) await new Promise((done) => requestAnimationFrame(done));
    }, count);
  }

  async posted(): Promise<ViewToHost[]> {
    return this.page.evaluate(
      () => (window as unknown as { test: { posted: ViewToHost[] } }).test.posted,
    );
  }

  /** What was posted of one type, without request ids. */
  async sent(type: ViewToHost['type']): Promise<Record<string, unknown>[]> {
    const all = await this.posted();
    return all.filter((message) => message.type === type).map(({ requestId: _, ...rest }) => rest);
  }

  /** Changes the theme of the open page, as VS Code does. */
  async theme(name: string): Promise<void> {
    const kind = THEMES[name]?.kind ?? '';
    await this.page.evaluate(
      async ([sheet, kinds]) => {
        const old = document.querySelector<HTMLLinkElement>('link[href*="theme.css"]');
        if (!old) throw new Error('The page has no theme');
        const link = document.createElement('link');
        link.rel = 'stylesheet';
        link.href = `${old.href.split('?')[0] ?? ''}?theme=${sheet}`;
        const loaded = new Promise((done) => link.addEventListener('load', done));
        old.before(link);
        await loaded;
        old.remove();
        document.body.className = kinds;
        document.body.dataset['vscodeThemeKind'] = kinds.split(' ')[0] ?? '';
      },
      [name, kind] as const,
    );
    await this.frames(3);
  }

  /** Replies to the last request of a type. */
  async reply(
    type: ViewToHost['type'],
    error: { code: string; message: string; callIds: string[] } | null,
  ): Promise<void> {
    const last = (await this.posted()).findLast((message) => message.type === type);
    await this.say({ type: 'reply', requestId: last?.requestId ?? -1, error });
  }

  async violations(): Promise<string[]> {
    return this.page.evaluate(
      () => (window as unknown as { test: { violations: string[] } }).test.violations,
    );
  }

  byId(testid: string): ReturnType<Page['getByTestId']> {
    return this.page.getByTestId(testid);
  }

  /** Waits until every card on the page is armed. */
  async armed(): Promise<void> {
    // What was just done is rendered with the next frame.
    await this.frames(3);
    await this.page.waitForFunction(() => {
      const all = [...document.querySelectorAll('[data-armed]')];
      return (
        all.length > 0 && all.every((element) => element.getAttribute('data-armed') === 'true')
      );
    });
    await this.frames(2);
  }
}

export interface Harness {
  open(options?: OpenOptions): Promise<View>;
  close(): Promise<void>;
}

export async function startHarness(): Promise<Harness> {
  const [folder, found] = await Promise.all([buildPage(), ensureBrowser()]);
  const server = await serve(folder);
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const browser: Browser = await chromium.launch({ ...found });
  return {
    async open({ theme = 'dark', width = 400, height = 800, scale = 1 } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        deviceScaleFactor: scale,
      });
      const opened = await context.newPage();
      const view = new View(opened);
      await opened.goto(`http://127.0.0.1:${port}/?theme=${theme}`);
      return view;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}
