// Ages grow: a view that shows some is told so every minute, while it is visible. Reads nothing from the store.
import type * as vscode from 'vscode';
import { DisposableStore, toDisposable, type Disposable } from '../../core/base/lifecycle.ts';

const MINUTE_MS = 60_000;

export function clockWhile(
  view: Pick<vscode.TreeView<unknown>, 'visible' | 'onDidChangeVisibility'>,
  needed: () => boolean,
  tick: () => void,
): Disposable {
  const owned = new DisposableStore();
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const start = (): void => {
    stop();
    if (!view.visible) return;
    if (needed()) tick();
    timer = setInterval(() => (needed() ? tick() : undefined), MINUTE_MS);
  };
  owned.add(view.onDidChangeVisibility(start));
  owned.add(toDisposable(stop));
  start();
  return owned;
}
