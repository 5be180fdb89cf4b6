// What a card says of the files that its command is bound to. Words only; paths are foreign text and shown by the surface.
import { t } from './l10n.ts';
import type { BoundFile } from './calls.ts';

/** “12 lines”, “1 line”, “40 bytes”, “not there yet”. */
export function boundDetail({ hash, lines, size }: BoundFile): string {
  if (hash === null) return t('not there now');
  return lines === null
    ? size === 1
      ? t('1 byte')
      : t('{0} bytes', size)
    : lines === 1
      ? t('1 line')
      : t('{0} lines', lines);
}

/** Behind the list of files. */
export function boundPhrase(binds: readonly BoundFile[]): string {
  return binds.length === 1 ? t('bound to what it is now') : t('bound to what they are now');
}
