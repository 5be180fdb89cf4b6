// What a card says of the files that its command is bound to. Words only; paths are foreign text and shown by the surface.
import type { BoundFile } from './calls.ts';

/** “12 lines”, “1 line”, “40 bytes”, “not there yet”. */
export function boundDetail({ hash, lines, size }: BoundFile): string {
  if (hash === null) return 'not there now';
  return lines === null ? counted(size, 'byte') : counted(lines, 'line');
}

/** Behind the list of files. */
export function boundPhrase(binds: readonly BoundFile[]): string {
  return binds.length === 1 ? 'bound to what it is now' : 'bound to what they are now';
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
