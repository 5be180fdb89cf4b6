// Opens the engine shortly after start-up where there is state, so that waiting approvals are counted without anybody
// asking. A window in which Countersign was never used creates nothing and loads nothing; activation is never blocked.
import * as vscode from 'vscode';
import { toDisposable } from '../core/base/lifecycle.ts';
import type { Contribution } from './contribution.ts';
import type { Services } from './services.ts';

const DELAY_MS = 500;

export const warmUp: Contribution = {
  name: 'warm-up',
  register: (services) => {
    const timer = setTimeout(() => {
      openWhereUsed(services).catch(() => undefined); // shown and logged where it is opened
    }, DELAY_MS);
    return toDisposable(() => clearTimeout(timer));
  },
};

/** Opens the engine if its state file is there already. */
export async function openWhereUsed(
  services: Pick<Services, 'engine' | 'stateFile'>,
): Promise<void> {
  const found = await vscode.workspace.fs.stat(vscode.Uri.file(services.stateFile)).then(
    () => true,
    () => false,
  );
  if (found) await services.engine();
}
