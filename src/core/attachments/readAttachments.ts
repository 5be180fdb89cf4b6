// What a human attached, read once, when the message is sent: by the same checks as read_file, without secrets, within bounds. What
// was read is kept by its hash; the file may change after that.
import { bytesOf, imageBody, imageMedia, parseImageBody } from './images.ts';
import { lineRange } from './lines.ts';
import { prepareCall } from '../agent/plan.ts';
import { AppError } from '../base/errors.ts';
import { createResultScreen } from '../screening/screenResults.ts';
import { unreadable } from '../tools/currentText.ts';
import { counted } from '../tools/paths.ts';
import {
  MAX_ATTACHED_CHARS,
  MAX_ATTACHED_CHARS_IN_ALL,
  MAX_ATTACHMENTS,
  MAX_IMAGE_BYTES,
  type Attachment,
} from '../../protocol/attachments.ts';
import { linesOf } from '../../protocol/hunks.ts';
import { looksLikeImage } from '../../protocol/imageName.ts';
import type { EngineDeps } from '../agent/deps.ts';
import type { Attached } from '../agent/message.ts';
import type { NewTurn } from '../ports/store.ts';
import type { Mode, Verdict } from '../../protocol/calls.ts';

/** The native question before a file is sent whose reading asks; false when the human backs out. */
export type ConfirmRead = (question: string, detail: string) => Promise<boolean>;

interface ReadPlace {
  threadId: string;
  mode: Mode;
  /** Without it, what asks is not attached. */
  confirm?: ConfirmRead | undefined;
  /** How the model is called, and whether it takes images. */
  model: { name: string; images: boolean };
}

interface ReadAttachments {
  attachments: Attached[];
  record: NonNullable<NewTurn['attached']>;
}

type FileRef = Extract<Attachment, { kind: 'file' }>;
/** What is to be kept, or is kept already. */
type Content = Attached | (Omit<Attached, 'hash'> & { body: string });

/**
 * Throws AppError `too_many_attachments`, `attachment_denied`, `attachment_unreadable`, `attachment_too_large`, `attachment_lost`,
 * `images_not_taken`, or `not_confirmed`. Nothing is sent then.
 */
export async function readAttachments(
  deps: EngineDeps,
  refs: readonly Attachment[],
  place: ReadPlace,
): Promise<ReadAttachments> {
  if (refs.length > MAX_ATTACHMENTS) {
    const message = `${refs.length} attachments are more than the ${MAX_ATTACHMENTS} that go with one message. Remove some.`;
    throw new AppError('too_many_attachments', message);
  }
  const verdicts = new Map<Attachment, Judged>();
  for (const ref of refs) {
    if (ref.kind === 'file') verdicts.set(ref, await judge(deps, ref, place.mode));
  }
  await confirmAsked([...verdicts.values()], place.confirm);
  const contents: Content[] = [];
  for (const ref of refs) contents.push(await contentOf(deps, place.threadId, ref, verdicts));
  checkTotal(contents);
  checkImages(contents, place.model);
  const attachments: Attached[] = [];
  for (const content of contents) attachments.push(await kept(deps, place.threadId, content));
  const record = attachments.map(({ name, hash }, at) => {
    const ref = refs[at];
    const verdict = (ref && verdicts.get(ref)?.verdict) ?? null;
    return { name, hash, verdict };
  });
  return { attachments, record };
}

interface Judged {
  shown: string;
  realPath: string;
  verdict: Verdict;
}

/** As a read of the model's would be judged. A grant was given to calls of the model and does not count. */
async function judge(deps: EngineDeps, { path }: FileRef, mode: Mode): Promise<Judged> {
  const call = { id: 'attachment', name: 'read_file', argsText: JSON.stringify({ path }) };
  const prepared = await prepareCall(deps, call, { mode, overlay: new Map() });
  if (!prepared.ok || prepared.proposal.kind !== 'read') {
    throw unreadableError(path, prepared.ok ? 'it cannot be read' : prepared.message);
  }
  const { proposal, verdict } = prepared;
  if (verdict.verdict === 'deny') {
    const rule = verdict.rule === undefined ? '' : ` by the rule ${verdict.rule}`;
    const text = `${proposal.target} may not be read${rule}: ${verdict.reason}. Nothing was sent. Remove it, or change what denies it.`;
    throw new AppError('attachment_denied', text);
  }
  return { shown: proposal.target, realPath: proposal.realPath, verdict };
}

async function confirmAsked(
  all: readonly Judged[],
  confirm: ConfirmRead | undefined,
): Promise<void> {
  const asking = all.filter(({ verdict }) => verdict.verdict === 'ask');
  if (asking.length === 0) return;
  const lines = asking.map(({ shown, verdict }) => `${shown}: ${verdict.reason}`);
  if (await confirm?.('Send what these files hold to the model?', lines.join('\n'))) return;
  throw new AppError('not_confirmed', 'Not sent: you did not confirm that the files are read.');
}

async function contentOf(
  deps: EngineDeps,
  threadId: string,
  ref: Attachment,
  verdicts: ReadonlyMap<Attachment, Judged>,
): Promise<Content> {
  if (ref.kind === 'sent') return sentBefore(deps, threadId, ref);
  if (ref.kind === 'image') return pasted(deps, threadId, ref);
  return fromFile(deps, ref, verdicts.get(ref));
}

async function kept({ store }: EngineDeps, threadId: string, content: Content): Promise<Attached> {
  if ('hash' in content) return content;
  const { body, ...attached } = content;
  return { ...attached, hash: await store.putAttachment(threadId, body) };
}

/** Only of this thread: what was said in a temporary one stays there. */
async function sentBefore(
  { store }: EngineDeps,
  threadId: string,
  { turnId, hash, name }: Extract<Attachment, { kind: 'sent' }>,
): Promise<Attached> {
  const turn = await store.getTurn(turnId);
  const [first] = turn?.threadId === threadId ? await store.messagesOfTurn(turnId) : [];
  const sent = first?.message.role === 'user' ? (first.message.attachments ?? []) : [];
  const found = sent.find((one) => one.hash === hash && one.name === name);
  if (found && (await store.getAttachment(threadId, hash)) !== undefined) return found;
  throw lost(name);
}

async function pasted(
  { store }: EngineDeps,
  threadId: string,
  { hash, name }: Extract<Attachment, { kind: 'image' }>,
): Promise<Content> {
  const body = (await store.getAttachment(threadId, hash)) ?? (await store.getAttachment('', hash));
  const image = body === undefined ? undefined : parseImageBody(body);
  if (body === undefined || !image) throw lost(name);
  return { name, of: 'image', media: image.media, size: bytesOf(image.data), body };
}

async function fromFile(
  deps: EngineDeps,
  ref: FileRef,
  judged: Judged | undefined,
): Promise<Content> {
  if (!judged) throw unreadableError(ref.path, 'it was not judged');
  const { shown, realPath } = judged;
  if (looksLikeImage(realPath) && !ref.lines) {
    const image = await imageOf(deps, judged);
    if (image) return image;
  }
  const read = await deps.files.read(realPath);
  if (read.kind === 'tooLarge') throw tooLarge(shown, `${read.size} bytes`);
  if (read.kind !== 'text') throw unreadableError(shown, unreadable(read, shown));
  return textOf(deps, shown, { text: read.text, lines: ref.lines });
}

/** Undefined when it is something else, whatever its name says. */
async function imageOf(
  { files }: EngineDeps,
  { shown, realPath }: Judged,
): Promise<Content | undefined> {
  const read = await files.readBytes(realPath, MAX_IMAGE_BYTES);
  if (read.kind === 'tooLarge') {
    const text = `The image ${shown} has ${read.size} bytes, more than the ${read.limit} that can be attached. Make it smaller. Nothing was sent.`;
    throw new AppError('attachment_too_large', text);
  }
  if (read.kind !== 'bytes') return undefined;
  const media = imageMedia(read.base64);
  if (!media) return undefined;
  return {
    ...{ name: shown, of: 'image', media, size: read.size },
    body: imageBody(media, read.base64),
  };
}

async function textOf(
  deps: EngineDeps,
  name: string,
  { text, lines }: { text: string; lines: FileRef['lines'] },
): Promise<Content> {
  const wanted = lines ? lineRange(text, lines) : { text, lines };
  if (!wanted) {
    const has = counted(linesOf(text).length, 'line');
    throw unreadableError(name, `${name} has only ${has} by now. Select the lines again.`);
  }
  if (wanted.text.length > MAX_ATTACHED_CHARS) {
    throw tooLarge(name, `${wanted.text.length} characters`);
  }
  const screen = createResultScreen(deps);
  const clean = await screen.result({ text: deps.redactor.text(wanted.text) });
  const body = clean.text.toWellFormed();
  const range = wanted.lines ? { lines: wanted.lines } : {};
  return { name, of: 'text', ...range, size: body.length, body };
}

function checkTotal(attachments: readonly Content[]): void {
  const texts = attachments.filter(({ of }) => of === 'text');
  const size = texts.reduce((sum, text) => sum + text.size, 0);
  if (size <= MAX_ATTACHED_CHARS_IN_ALL) return;
  throw tooLarge('What is attached in all', `${size} characters`, MAX_ATTACHED_CHARS_IN_ALL);
}

function checkImages(attachments: readonly Content[], { name, images }: ReadPlace['model']): void {
  const wanted = attachments.filter(({ of }) => of === 'image');
  if (wanted.length === 0 || images) return;
  const which = wanted.map((image) => image.name).join(', ');
  const text = `The model ${name} takes no images, as far as is known. Nothing was sent. Remove ${which}, select another model, or set countersign.model.imageInput if it does.`;
  throw new AppError('images_not_taken', text);
}

function tooLarge(what: string, has: string, limit = MAX_ATTACHED_CHARS): AppError {
  const text = `${what} has ${has}, more than the ${limit} characters that can be attached. Nothing was sent. Attach the lines that matter: select them and run “Countersign: Add Selection to Chat”.`;
  return new AppError('attachment_too_large', text);
}

function unreadableError(name: string, why: string): AppError {
  const text = `${name} cannot be attached: ${why.replace(/\.?$/, '.')} Nothing was sent.`;
  return new AppError('attachment_unreadable', text);
}

function lost(name: string): AppError {
  return new AppError(
    'attachment_lost',
    `${name} is not there any more. Nothing was sent. Remove it and attach it again.`,
  );
}
