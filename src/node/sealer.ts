// Seals rows of consent with a key that lies outside of the state file, so that a file that was planted or changed grants
// nothing. The only place that makes or reads this key.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '../core/base/errors.ts';
import type { Secrets } from '../core/ports/settings.ts';
import type { Logger } from '../core/ports/system.ts';

/** The name of the key among the secrets. */
export const CONSENT_KEY = 'consent';
const KEY_BYTES = 32;
const KEY = /^[0-9a-f]{64}$/i;

export function isConsentKey(text: string): boolean {
  return KEY.test(text);
}

/** One key. */
export interface Seal {
  of: (text: string) => string;
  fits: (text: string, seal: string) => boolean;
}

/** None of them rejects: a key that cannot be read is none. */
export interface Sealer {
  /** Whether there is a key, or one can be made. Makes none. */
  usable: () => Promise<boolean>;
  /** The key as it was read last; undefined without one. */
  current: () => Promise<Seal | undefined>;
  /** The key as it is now: another window may have made it. */
  reread: () => Promise<Seal | undefined>;
  /** Whether the last reading failed: that a row does not fit says nothing then. */
  failed: () => boolean;
  /** The same; makes one where there is none and it can be kept. */
  ensure: () => Promise<Seal | undefined>;
}

/** A window without any key: nothing is remembered. */
export const noSealer: Sealer = {
  usable: async () => false,
  current: async () => undefined,
  reread: async () => undefined,
  failed: () => false,
  ensure: async () => undefined,
};

export interface SealerOptions {
  secrets: Secrets;
  logger: Logger;
  /** Told of each key that was read, so that it is kept out of what tools give back. */
  onKey?: (key: string) => void;
}

export function createSealer({ secrets, logger, onKey }: SealerOptions): Sealer {
  let read: Promise<Seal | undefined> | undefined;
  let failed = false;
  const load = async (): Promise<Seal | undefined> => {
    try {
      const key = await secrets.get(CONSENT_KEY);
      failed = false;
      if (key === undefined || !isConsentKey(key)) return undefined;
      onKey?.(key);
      return sealWith(key);
    } catch (error) {
      logger.error('The key of remembered approvals cannot be read', error);
      failed = true;
      return undefined;
    }
  };
  const reread = (): Promise<Seal | undefined> => (read = load());
  const current = (): Promise<Seal | undefined> => (read ??= load());
  const ensure = async (): Promise<Seal | undefined> => {
    const there = await reread();
    if (there || !secrets.store) return there;
    try {
      await secrets.store(CONSENT_KEY, randomBytes(KEY_BYTES).toString('hex'));
    } catch (error) {
      logger.error('The key of remembered approvals cannot be kept', error);
      return undefined;
    }
    // Not the one just made: of several windows that make one, the last to store it wins for all.
    return reread();
  };
  const usable = async (): Promise<boolean> => Boolean(secrets.store) || Boolean(await current());
  return { usable, current, reread, failed: () => failed, ensure };
}

function sealWith(hexKey: string): Seal {
  const key = Buffer.from(hexKey, 'hex');
  const digest = (text: string): Buffer => createHmac('sha256', key).update(text, 'utf8').digest();
  return {
    of: (text) => digest(text).toString('hex'),
    fits: (text, seal) => {
      const given = Buffer.from(seal, 'hex');
      return given.length === KEY_BYTES && timingSafeEqual(given, digest(text));
    },
  };
}

export function cannotRemember(): AppError {
  return new AppError(
    'cannot_remember',
    'This approval cannot be remembered: there is no key to seal it with. In VS Code the secret storage must work; on the command line set COUNTERSIGN_CONSENT_KEY to 64 hexadecimal digits.',
  );
}
