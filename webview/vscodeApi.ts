// The only place that touches `acquireVsCodeApi`. Keeps nothing but what the user typed (see drafts.ts).
import { wrap } from '../src/protocol/envelope.ts';
import type { ViewToHost } from '../src/protocol/messages.ts';

/** What the page may do with its host: post a message and keep its own UI state over a reload. */
export interface Host {
  post(message: ViewToHost): void;
  loadState(): unknown;
  saveState(state: unknown): void;
}

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** Acquires the API; callable once per page. */
export function connectHost(): Host {
  const api = acquireVsCodeApi();
  const page = takeKey();
  return {
    post: (message) => {
      api.postMessage(wrap(page, message));
    },
    loadState: () => api.getState(),
    saveState: (state) => {
      api.setState(state);
    },
  };
}

/** The key that the host wrote into the page for its script; it is in no document afterwards. */
function takeKey(): string {
  const script = document.querySelector('script[data-page]');
  const key = script?.getAttribute('data-page') ?? '';
  script?.removeAttribute('data-page');
  return key;
}
