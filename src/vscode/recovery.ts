// Looks after turns whose process died, when the engine opens and every 15 s: any window may, one wins.
import * as vscode from 'vscode';
import { toDisposable } from '../core/base/lifecycle.ts';
import type { Contribution } from './contribution.ts';

const SWEEP_MS = 15_000;

export const recovery: Contribution = {
  name: 'recovery',
  register: (services) => {
    services.whenOpened(({ engine }) => {
      let caughtUp = false;
      // What was decided is driven on only in a trusted workspace; until then it waits.
      const sweep = (): void => {
        engine.recover({ drive: vscode.workspace.isTrusted }).catch((error: unknown) => {
          services.logger.error('recovery failed', error);
        });
        if (!caughtUp && vscode.workspace.isTrusted) engine.catchUpTitles();
        caughtUp ||= vscode.workspace.isTrusted;
      };
      sweep();
      const timer = setInterval(sweep, SWEEP_MS);
      return toDisposable(() => clearInterval(timer));
    });
    return toDisposable(() => undefined);
  },
};
