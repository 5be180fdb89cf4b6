// File system errors as short texts that say what to do, without the path or the system call.
import { isNativeError } from 'node:util/types';

const TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'the operating system does not permit it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'it is a link, or leads through a loop of links',
  ENOTDIR: 'a part of the path is a file, not a folder',
  ENOENT: 'it does not exist',
  EMFILE: 'too many files are open; try again',
  ENFILE: 'too many files are open; try again',
  EBUSY: 'it is in use by another program',
};

/** The error's code, e.g. `ENOENT`, or undefined. */
export function errorCode(error: unknown): string | undefined {
  if (!isNativeError(error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function failureText(error: unknown): string {
  const code = errorCode(error);
  const known = code === undefined ? undefined : TEXTS[code];
  if (known !== undefined) return known;
  return isNativeError(error) ? error.message : String(error);
}
