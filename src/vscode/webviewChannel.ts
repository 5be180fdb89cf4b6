// One webview joined to a presenter: page, transport, lifetime. It holds no state of its own.
import * as vscode from 'vscode';
import { randomBytes } from 'node:crypto';
import { errorHtml, webviewHtml } from './webviewHtml.ts';
import { displayBytes } from '../protocol/displayBytes.ts';
import { unwrap } from '../protocol/envelope.ts';
import { toAppError } from '../core/base/errors.ts';
import { createPanelHost } from './panelHost.ts';
import { toDisposable, type Disposable } from '../core/base/lifecycle.ts';
import type { Surface } from '../core/panel/presenter.ts';
import type { OpenedEngine } from '../core/services.ts';
import type { Services } from './services.ts';

/** Fills the webview and presents `surface` in it. Dispose when the view is gone. */
export async function attachWebview(
  services: Services,
  webview: vscode.Webview,
  surface: Surface,
): Promise<Disposable> {
  const { context, session } = services;
  const folder = vscode.Uri.joinPath(context.extensionUri, 'dist', 'webview');
  const uri = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [folder], enableCommandUris: false };
  const opened = await openOrExplain(services, webview);
  if (!opened) return toDisposable(() => undefined);
  const page = freshKey();
  const channel = {
    post: (message: unknown): void => {
      webview.postMessage(message).then(undefined, (error: unknown) => {
        services.logger.error('a webview message could not be sent', error);
      });
    },
    onMessage: (listener: (value: unknown) => void): Disposable =>
      webview.onDidReceiveMessage((raw: unknown) => {
        const posted = unwrap(page, raw);
        if (posted) listener(posted.message);
        else
          services.logger.warn('A webview message was refused: it does not carry the page’s key.');
      }),
  };
  const attached = opened.present(session, createPanelHost(services), { surface, channel });
  webview.html = webviewHtml({
    nonce: freshKey(),
    page,
    cspSource: webview.cspSource,
    scriptUri: uri('main.js'),
    styleUri: uri('main.css'),
    language: vscode.env.language,
    words: vscode.l10n.bundle ?? {},
  });
  return toDisposable(() => attached.dispose());
}

const freshKey = (): string => randomBytes(16).toString('base64url');

/** The engine, or a page that says why it is not there; the next view tries again. */
async function openOrExplain(
  services: Services,
  webview: vscode.Webview,
): Promise<OpenedEngine | undefined> {
  try {
    return await services.engine();
  } catch (error) {
    webview.html = errorHtml(displayBytes(toAppError(error).message), vscode.env.language);
    return undefined;
  }
}
