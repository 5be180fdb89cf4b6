// The user's grants for all workspaces: a file of its own, of the same schema, that is made with the first of them.
import { existsSync } from 'node:fs';
import type { ConsentStore } from '../../core/ports/consentStore.ts';
import { createConnection } from './connection.ts';
import { createConsentStore } from './consent.ts';
import { openDatabase } from './openDatabase.ts';
import type { OpenStoreOptions } from './openStore.ts';
import { noSealer } from '../sealer.ts';

export interface LazyAlways {
  /** Opens the file, and makes it when it is missing. Throws what `openDatabase` throws. */
  open(): Promise<ConsentStore>;
  /** Undefined while there is no file: then nothing was ever granted. */
  existing(): Promise<ConsentStore | undefined>;
  dispose(): void;
}

interface Opened {
  consent: ConsentStore;
  close: () => void;
}

/** Opens nothing until it is asked: most users have no such file. */
export function lazyAlways(options: Omit<OpenStoreOptions, 'awake'>): LazyAlways {
  let opening: Promise<Opened> | undefined;
  const open = async (): Promise<ConsentStore> => {
    opening ??= openConsent(options).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return (await opening).consent;
  };
  return {
    open,
    existing: async () => (opening || existsSync(options.file) ? open() : undefined),
    dispose: () => {
      // A failed opening has been told to whoever asked for it.
      opening?.then(
        ({ close }) => close(),
        () => undefined,
      );
    },
  };
}

async function openConsent(options: Omit<OpenStoreOptions, 'awake'>): Promise<Opened> {
  const { file, logger, clock, deadlines, sealer = noSealer } = options;
  const { db, notices } = await openDatabase(file, { ...options, now: () => clock.now() });
  try {
    for (const notice of notices) logger.warn(notice);
    const connection = createConnection(db, file, { logger, clock, deadlines });
    return { consent: createConsentStore(connection, sealer, ['always']), close: () => db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
}
