// Reads git's index file as far as needed to find the repositories that lie inside another one. Versions 2 to 4.

const HEADER = 12;
const GITLINK = 0o160000;
const TYPE_BITS = 0o170000;
const EXTENDED = 0x4000;
/** stat data and mode in front of the object name; the mode is the seventh of ten 32-bit numbers. */
const STAT_LENGTH = 40;
const MODE_AT = 24;

/**
 * The paths of its gitlinks, or null when it cannot be read soundly. Which hash the repository uses stands elsewhere: both
 * lengths are tried, and only one of them can lead through all entries.
 */
export function gitlinksOf(index: Buffer): string[] | null {
  if (index.length < HEADER || index.toString('latin1', 0, 4) !== 'DIRC') return null;
  for (const hashLength of [20, 32]) {
    const read = readEntries(index, hashLength);
    if (read === null) continue;
    return hasSharedPart(index, read.end, hashLength) ? null : read.links;
  }
  return null;
}

function readEntries(index: Buffer, hashLength: number): { links: string[]; end: number } | null {
  const version = index.readUInt32BE(4);
  if (version < 2 || version > 4) return null;
  const links: string[] = [];
  let at = HEADER;
  let before = Buffer.alloc(0);
  for (let left = index.readUInt32BE(8); left > 0; left -= 1) {
    const flagsAt = at + STAT_LENGTH + hashLength;
    if (flagsAt + 4 > index.length) return null;
    const mode = index.readUInt32BE(at + MODE_AT);
    if (!isMode(mode)) return null;
    const extended = (index.readUInt16BE(flagsAt) & EXTENDED) !== 0;
    let nameAt = flagsAt + (extended ? 4 : 2);
    let kept = 0;
    if (version === 4) {
      const strip = readVarint(index, nameAt);
      if (strip === null || strip.value > before.length) return null;
      kept = before.length - strip.value;
      nameAt = strip.end;
    }
    const nameEnd = index.indexOf(0, nameAt);
    if (nameEnd < 0) return null;
    const isLink = (mode & TYPE_BITS) === GITLINK;
    if (version === 4 || isLink) {
      before = Buffer.concat([before.subarray(0, kept), index.subarray(nameAt, nameEnd)]);
      if (isLink) links.push(before.toString('utf8'));
    }
    // Entries of versions 2 and 3 are filled up with NULs, one at least, to a multiple of eight.
    at = version === 4 ? nameEnd + 1 : at + ((nameEnd - at + 8) & ~7);
  }
  return at + hashLength > index.length ? null : { links, end: at };
}

/** Files, links, folders of a sparse index, gitlinks: anything else is a sign of the wrong length. */
function isMode(mode: number): boolean {
  return [0o100000, 0o120000, 0o040000, GITLINK].includes(mode & TYPE_BITS) && mode <= 0o177777;
}

/** git's own variable-length numbers: each further byte adds one to what stands before. */
function readVarint(index: Buffer, start: number): { value: number; end: number } | null {
  let at = start;
  let byte = index[at];
  if (byte === undefined) return null;
  let value = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    at += 1;
    byte = index[at];
    if (byte === undefined || value > 0xffffff) return null;
    value = ((value + 1) << 7) + (byte & 0x7f);
  }
  return { value, end: at + 1 };
}

/** Extension `link`: more entries lie in another file. */
function hasSharedPart(index: Buffer, start: number, hashLength: number): boolean {
  for (let at = start; at + 8 + hashLength <= index.length;) {
    if (index.toString('latin1', at, at + 4) === 'link') return true;
    at += 8 + index.readUInt32BE(at + 4);
  }
  return false;
}
