// The SQLite driver: the only file that names it. Loads it, and opens one connection to a file.
import type Driver from 'better-sqlite3';
import { AppError } from '../../core/base/errors.ts';

/** An open connection. */
export type Db = Driver.Database;
/** Opens a connection, creating the file unless `readonly`. Throws the driver's errors, or AppError without an addon. */
export type OpenFile = (path: string, options: { readonly?: boolean }) => Db;

export interface DriverOptions {
  /** Absolute path of the native addon, where the packaged extension keeps it. */
  nativeBinding?: string;
  /** `process.versions.napi`, unless a caller knows better. */
  napi?: string;
}

/** In place of a path: a database that exists as long as its connection, and nowhere on disk. */
export const MEMORY = ':memory:';
/** Milliseconds that a native call waits for a lock, blocking the event loop; retry.ts does the rest. */
const BUSY_TIMEOUT = 20;
const NEEDED_NAPI = 10;

/**
 * Throws AppError `sqlite_unsupported_node`: loading the addon on an older Node would end the process without a
 * message, so the version is checked first.
 */
export async function loadDriver(options: DriverOptions): Promise<OpenFile> {
  const napi = options.napi ?? process.versions.napi ?? '0';
  if (!(Number(napi) >= NEEDED_NAPI)) {
    throw new AppError(
      'sqlite_unsupported_node',
      `The state file needs Node 22.14 or newer; this is Node ${process.versions.node}: update Node, or VS Code to 1.105 or newer.`,
    );
  }
  const { default: Database } = await import('better-sqlite3');
  const binding =
    options.nativeBinding === undefined ? {} : { nativeBinding: options.nativeBinding };
  return (path, { readonly = false }) => {
    try {
      return new Database(path, { readonly, timeout: BUSY_TIMEOUT, ...binding });
    } catch (error) {
      throw isAddonError(error) ? addonError(error) : error;
    }
  };
}

function isAddonError(error: unknown): boolean {
  return error instanceof Error && /\.node\b|dlopen|bindings/.test(error.message);
}

function addonError(cause: unknown): AppError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new AppError(
    'store_failed',
    `The SQLite addon for ${process.platform}-${process.arch} cannot be loaded; reinstall Countersign for this platform. ${detail}`,
    { cause },
  );
}
