// A feature registers itself; one that throws is logged and skipped, so that it cannot take the others down.
import { toDisposable, type Disposable } from '../core/base/lifecycle.ts';
import type { Services } from './services.ts';

export interface Contribution {
  name: string;
  register: (services: Services) => Disposable;
}

export function registerAll(
  contributions: readonly Contribution[],
  services: Services,
): Disposable[] {
  return contributions.map(({ name, register }) => {
    try {
      return register(services);
    } catch (error) {
      services.logger.error(`${name} could not be registered`, error);
      return toDisposable(() => undefined);
    }
  });
}
