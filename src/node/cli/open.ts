// Opens the engine for one command: settings from a file, the key it was handed, no editor.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { crashAt } from './crashAt.ts';
import { takeKeys } from './handOverKey.ts';
import { readJsonObject, type CliOptions } from './options.ts';
import { assetsOf } from '../assets.ts';
import { CONSENT_KEY, isConsentKey } from '../sealer.ts';
import { openEngine } from '../openEngine.ts';
import { AppError } from '../../core/base/errors.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import type { OpenedEngine } from '../../core/services.ts';
import type { Settings } from '../../core/ports/settings.ts';
import type { Store } from '../../core/ports/store.ts';
import type { Logger } from '../../core/ports/system.ts';

export interface CliContext {
  /** Folder of the bundles. */
  distDir: string;
  /** For test harnesses: stands between the engine and its store. */
  decorateStore?: (store: Store) => Store;
}

export async function openForCli(
  context: CliContext,
  options: CliOptions,
  roots: readonly string[],
): Promise<OpenedEngine> {
  const decorateStore = context.decorateStore ?? crashAt(process.env);
  const keys = takeKeys(process.env);
  refuseBadKey(keys.get(CONSENT_KEY));
  return openEngine({
    stateFile: path.resolve(options.need('state')),
    roots,
    assets: assetsOf(context.distDir),
    settings: fileSettings(options.get('settings')),
    secrets: { get: async (name) => keys.get(name) },
    logger: stderrLogger,
    canPause: options.canPause,
    // This process ends with its turn.
    keepsRunning: false,
    // A command drives its own turn only.
    takesQueued: () => false,
    // A run without an editor makes no model request beyond its turn's.
    titles: 'firstLine',
    decorateStore,
  });
}

/** With a key that is none, nothing would be remembered and nobody would know why. */
function refuseBadKey(key: string | undefined): void {
  if (key === undefined || key === '' || isConsentKey(key)) return;
  const message = 'COUNTERSIGN_CONSENT_KEY must be 64 hexadecimal digits; this is something else.';
  throw new AppError('bad_consent_key', message);
}

/** Refuses a state file that is not there: reading commands must not create one. */
export function requireState(options: CliOptions): void {
  const file = path.resolve(options.need('state'));
  if (existsSync(file)) return;
  throw new AppError(
    'no_state',
    `There is no state file ${file}. Name the one that “run” wrote with --state.`,
  );
}

/** The file stands for the user's settings, for one run; on the command line the user vouches for the workspace. */
export function fileSettings(file: string | undefined): Settings {
  const user = file === undefined ? {} : readJsonObject(file, 'The settings file');
  return {
    read: () => ({ user, workspace: {}, trusted: true, oneRun: true }),
    onChange: () => ({ dispose: () => undefined }),
  };
}

const line = (level: string, text: string): void => {
  process.stderr.write(`${level}: ${displayBytes(text, true)}\n`);
};

const stderrLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (text) => line('warning', text),
  error: (text, error) =>
    line('error', error instanceof Error ? `${text}: ${error.message}` : text),
};
