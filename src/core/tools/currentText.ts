// The text an edit starts from: what earlier edits of the batch leave, else what the user sees now. Reads only.
import { assertNever } from '../base/assert.ts';
import { shownPath } from './paths.ts';
import type { ReadOutcome, ResolvedPath } from '../ports/workspace.ts';
import type { DescribeContext } from './tool.ts';

export interface CurrentText {
  /** Null when there is no such file. */
  text: string | null;
  /** sha-256 of `text`, null without a file. */
  hash: string | null;
  encoding: 'utf8' | 'utf8bom';
}

type Current = { ok: true; current: CurrentText } | { ok: false; message: string };

const MISSING: CurrentText = { text: null, hash: null, encoding: 'utf8' };

/** Never throws for a file that cannot be edited as text: `message` then says why. */
export async function currentText(path: ResolvedPath, context: DescribeContext): Promise<Current> {
  const { files, overlay, texts } = context;
  const read = await files.read(path.real);
  const earlier = overlay.get(path.real);
  if (earlier === null) return { ok: true, current: MISSING };
  if (earlier !== undefined) {
    const encoding = read.kind === 'text' ? read.encoding : 'utf8';
    return { ok: true, current: { text: earlier, hash: texts.sha256(earlier), encoding } };
  }
  if (read.kind === 'missing') return { ok: true, current: MISSING };
  if (read.kind !== 'text') return { ok: false, message: unreadable(read, shownPath(path)) };
  return { ok: true, current: { text: read.text, hash: read.hash, encoding: read.encoding } };
}

/** One sentence that says why there is no text, for the model and the reader. */
export function unreadable(read: Exclude<ReadOutcome, { kind: 'text' }>, shown: string): string {
  switch (read.kind) {
    case 'missing':
      return `${shown} does not exist. Look for it with list_directory or find_files.`;
    case 'directory':
      return `${shown} is a folder, not a file.`;
    case 'binary':
      return `${shown} is a binary file of ${read.size} bytes; only text can be read and edited.`;
    case 'notUtf8':
      return `${shown} (${read.size} bytes) is not UTF-8 text; it can be neither read nor edited without damage.`;
    case 'tooLarge':
      return `${shown} has ${read.size} bytes, more than the limit of ${read.limit}. Look into it with search_text.`;
    case 'failed':
      return `${shown} could not be read: ${read.message}`;
    default:
      return assertNever(read);
  }
}
