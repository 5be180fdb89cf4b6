// What a search starts from: it must be there and still be what was approved.
import { realpath, stat } from 'node:fs/promises';
import { failureText } from './failure.ts';

/** `error` is a phrase that goes on from the path. */
export async function searchedFolder(
  realPath: string,
): Promise<{ isFile: boolean } | { error: string }> {
  try {
    if ((await realpath(realPath)) !== realPath) {
      return { error: 'it has become a link, or lies behind one' };
    }
    const stats = await stat(realPath);
    if (stats.isFile() || stats.isDirectory()) return { isFile: stats.isFile() };
    return { error: 'it is neither a file nor a folder' };
  } catch (error) {
    return { error: failureText(error) };
  }
}
