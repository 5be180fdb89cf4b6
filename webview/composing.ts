// What goes with the message that is being written: files by @, dropped or picked, and images. The page names them; it reads no file
// of the workspace.
import { looksLikeImage } from '../src/protocol/imageName.ts';
import {
  MAX_ATTACHMENTS,
  MAX_IMAGE_BYTES,
  sameAttachment,
  type Attachment,
} from '../src/protocol/attachments.ts';
import type { HostToView } from '../src/protocol/messages.ts';
import { NOTHING_TYPED, type Composed } from './drafts.ts';
import { sentAgain } from './editing.ts';
import type { ViewState } from './store.ts';
import type { Client, Outgoing } from './client.ts';
import { mentionAt, withMention, type Mention } from './mentions.ts';
import { t } from '../src/protocol/l10n.ts';

/** What it needs of the page's model. */
interface Page {
  drafts: Composed;
  client: Client;
  state: ViewState;
  keepComposed(change: Partial<Composed>): void;
  send(message: Outgoing, failed?: () => void): void;
  fail(code: string, message: string): void;
  refresh(): void;
}

/** The list of files that is open at the cursor. */
interface OpenList extends Mention {
  /** Null while the host has not answered for anything like it. */
  paths: readonly string[] | null;
  selected: number;
}

export class Composing {
  list: OpenList | null = null;
  /** Whether the context meter says it in words. */
  meterOpen = false;
  readonly #page: Page;
  /** The mention that was closed by Escape stays closed. */
  #closed: number | null = null;

  constructor(page: Page) {
    this.#page = page;
  }

  toggleMeter(): void {
    this.meterOpen = !this.meterOpen;
    this.#page.refresh();
  }

  /** Sends the message; it is back where it was when the host refuses it, as it does in a busy thread without `whenBusy`. */
  send(whenBusy?: 'queue' | 'discard'): void {
    const { composer, attachments, editing } = this.#page.drafts;
    const text = composer.trim();
    if (text === '') return;
    const along = {
      ...(attachments.length > 0 && { attachments: [...attachments] }),
      ...(whenBusy && { whenBusy }),
      ...sentAgain(this.#page),
    };
    this.#page.send({ type: 'send', text, ...along }, () => {
      const { drafts } = this.#page;
      if (drafts.composer === '') this.#page.keepComposed({ composer, editing });
      if (drafts.attachments.length === 0) this.#page.keepComposed({ attachments });
    });
    this.close();
    this.#page.keepComposed(NOTHING_TYPED);
  }

  /** After each key and press in the field: opens, follows or closes the list. */
  look(text: string, cursor: number): void {
    const mention = mentionAt(text, cursor);
    if (mention?.from !== this.#closed) this.#closed = null;
    if (!mention || this.#closed !== null) return this.close();
    const known = this.list;
    if (known?.from === mention.from && known.query === mention.query) {
      this.list = { ...known, to: mention.to };
      return;
    }
    // Until the host answers: what is there and still fits.
    const paths = known?.from === mention.from ? stillFitting(known.paths, mention.query) : null;
    this.list = { ...mention, paths, selected: 0 };
    const { query } = mention;
    this.#page.client.request({ type: 'findFiles', query }).catch(() => undefined);
    this.#page.refresh();
  }

  /** What the host says of it. */
  take(message: HostToView): void {
    if (message.type === 'files') this.found(message);
    if (message.type === 'attach') this.attach(message.attachments);
  }

  /** The host's answer; one to what is not asked any more is dropped. */
  found({ query, paths }: Extract<HostToView, { type: 'files' }>): void {
    if (this.list?.query === query) this.list = { ...this.list, paths, selected: 0 };
  }

  close(): void {
    if (!this.list) return;
    this.list = null;
    this.#page.refresh();
  }

  /** Closed by the user: not opened again for this @. */
  dismiss(): void {
    this.#closed = this.list?.from ?? null;
    this.close();
  }

  /** To the next one, or by -1 the one before; round the ends. */
  move(by: 1 | -1): void {
    const count = this.list?.paths?.length ?? 0;
    if (!this.list || count === 0) return;
    this.list = { ...this.list, selected: (this.list.selected + by + count) % count };
    this.#page.refresh();
  }

  /** Takes a file of the list; where the cursor goes, or nothing when there is none to take. */
  pick(index = this.list?.selected ?? 0): number | undefined {
    const { list } = this;
    const path = list?.paths?.[index];
    if (!list || path === undefined) return undefined;
    const { text, cursor } = withMention(this.#page.drafts.composer, list, path);
    this.list = null;
    this.#page.keepComposed({ composer: text });
    this.attach([{ kind: 'file', path }]);
    return cursor;
  }

  /** What is there already is not there twice. */
  attach(more: readonly Attachment[]): void {
    const known = this.#page.drafts.attachments;
    const fresh = more.filter((one) => !known.some((other) => sameAttachment(one, other)));
    const all = [...known, ...fresh];
    if (all.length > MAX_ATTACHMENTS)
      this.#page.fail(
        'too_many_attachments',
        t('Only {0} attachments go with one message. Remove some first.', MAX_ATTACHMENTS),
      );
    this.#page.keepComposed({ attachments: all.slice(0, MAX_ATTACHMENTS) });
  }

  detach(gone: Attachment): void {
    const { attachments } = this.#page.drafts;
    this.#page.keepComposed({
      attachments: attachments.filter((one) => !sameAttachment(one, gone)),
    });
  }

  /** Takes what was pasted or dropped; false when it is nothing to attach, and the field may have it. */
  transfer(data: DataTransfer | null): boolean {
    const uris = urisIn(data);
    const files = [...(data?.files ?? [])];
    if (uris.length > 0)
      this.#page.send({ type: 'dropFiles', uris: uris.slice(0, MAX_ATTACHMENTS) });
    else for (const file of files) this.#image(file);
    return uris.length > 0 || files.length > 0;
  }

  #image(file: File): void {
    const name = file.name === '' ? t('Pasted image') : file.name;
    if (!file.type.startsWith('image/')) {
      this.#page.fail(
        'not_an_image',
        t(
          '{0} comes from outside VS Code, where only images can be taken from. Press “Attach…” and pick the file.',
          name,
        ),
      );
    } else if (file.size > MAX_IMAGE_BYTES) {
      this.#page.fail(
        'attachment_too_large',
        t(
          '{0} has {1} bytes, more than the {2} that can be attached. Make the image smaller.',
          name,
          file.size,
          MAX_IMAGE_BYTES,
        ),
      );
    } else {
      readBase64(file).then(
        (data) => this.#page.send({ type: 'keepImage', image: { name: name.slice(0, 200), data } }),
        () => this.#page.fail('not_an_image', t('{0} could not be read. Attach it again.', name)),
      );
    }
  }
}

function stillFitting(paths: readonly string[] | null, query: string): string[] | null {
  const wanted = query.toLowerCase();
  const fit = paths?.filter((path) => path.toLowerCase().includes(wanted)) ?? [];
  return fit.length > 0 ? fit : null;
}

/** As the explorer and the editor's tabs give them, while Shift is held. */
function urisIn(data: DataTransfer | null): string[] {
  if (!data) return [];
  const given = data.getData('application/vnd.code.uri-list') || data.getData('text/uri-list');
  const lines = given.split(/[\r\n]+/).map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#') && !/^https?:/i.test(line));
}

const ATTACHABLE = /^(?:Files|text\/uri-list|application\/vnd\.code\.uri-list)$/;

/** Whether something that is dragged could be attached. */
export function isAttachable(data: DataTransfer | null): boolean {
  const types = data?.types ?? [];
  return types.some((type) => ATTACHABLE.test(type));
}

/** Whether it is an image, as far as its name says. */
export function isImage(attachment: Attachment): boolean {
  if (attachment.kind === 'file') return !attachment.lines && looksLikeImage(attachment.path);
  return attachment.kind === 'image' || attachment.of === 'image';
}

async function readBase64(file: File): Promise<string> {
  const reader = new FileReader();
  const done = new Promise((resolve, reject) => {
    reader.onload = resolve;
    reader.onerror = reject;
  });
  reader.readAsDataURL(file);
  await done;
  const address = typeof reader.result === 'string' ? reader.result : '';
  return address.slice(address.indexOf(',') + 1);
}
