// Names of files: how protected names are compared, and which spellings are too odd to allow. Same on every platform.
import { countHidden } from '../../protocol/displayBytes.ts';

/** A path as protected lists compare it: every spelling that some file system takes for the same name. */
export function foldPath(path: string): string[] {
  return path
    .replace(/\\/g, '/')
    .split('/')
    .map(foldSegment)
    .filter((segment) => segment !== '');
}

function foldSegment(segment: string): string {
  const visible = segment
    .normalize('NFKC')
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu, '')
    .normalize('NFC')
    // Upper first: `ſ` and `K` (Kelvin) then become the plain letters.
    .toUpperCase()
    .toLowerCase();
  const streamAt = visible.indexOf(':');
  const name = streamAt > 0 ? visible.slice(0, streamAt) : visible;
  return name.replace(/[. ]+$/, '').replace(SHORT_GIT, '.git');
}

/** What Windows calls `.git` where files still have short names. */
const SHORT_GIT = /^git~\d+$/;

const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?$/i;
const VARIABLE = /^(?:~|\$\{?[A-Z_][A-Z0-9_]*\}?$|%[A-Za-z_]\w*%)/;

/** Why a root-relative path is spelled oddly, in a few words, or null when it is an ordinary name. */
export function oddName(relative: string): string | null {
  if (countHidden(relative) > 0) return 'holds invisible characters';
  if (relative.includes('\\')) return 'holds a backslash';
  const segments = relative.split('/');
  if (VARIABLE.test(segments[0] ?? '')) return 'starts like a variable or home folder';
  for (const segment of segments) {
    const reason = oddSegment(segment);
    if (reason !== null) return reason;
  }
  return null;
}

function oddSegment(segment: string): string | null {
  if (/[. ]$/.test(segment)) return 'has a name that ends in a dot or blank';
  if (segment.includes(':')) return 'has a name with a colon (drive or stream)';
  if (/~\d/.test(segment)) return 'looks like a short name (~1)';
  if (DEVICE.test(segment.normalize('NFKC'))) return 'is a device name on Windows';
  const plain = segment.normalize('NFKC');
  if (plain === '.' || plain === '..' || /[/\\]/.test(plain)) return 'looks like a path traversal';
  return null;
}
