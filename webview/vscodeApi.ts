// The only place that touches `acquireVsCodeApi`. Keeps nothing but what the user typed (see drafts.ts).
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
  return {
    post: (message) => {
      api.postMessage(message);
    },
    loadState: () => api.getState(),
    saveState: (state) => {
      api.setState(state);
    },
  };
}
