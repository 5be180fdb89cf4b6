// Opens the engine shortly after start-up, so that waiting approvals are counted without anybody asking; never blocks activation.
import { toDisposable } from '../core/base/lifecycle.ts';
import type { Contribution } from './contribution.ts';

const DELAY_MS = 500;

export const warmUp: Contribution = {
  name: 'warm-up',
  register: (services) => {
    const timer = setTimeout(() => {
      services.engine().catch(() => undefined); // shown and logged where it is opened
    }, DELAY_MS);
    return toDisposable(() => clearTimeout(timer));
  },
};
