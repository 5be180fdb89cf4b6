// Outbound requests: numbers them and settles each with the host's one reply. Knows nothing of what they mean.
import { HostToView, type ViewToHost } from '../src/protocol/messages.ts';

type Reply = Extract<HostToView, { type: 'reply' }>;
export type ReplyError = NonNullable<Reply['error']>;
type WithoutId<T> = T extends unknown ? Omit<T, 'requestId'> : never;
export type Outgoing = WithoutId<ViewToHost>;

export interface Client {
  /** Resolves with the host's error, or null when it was done. Never rejects. */
  request(message: Outgoing): Promise<ReplyError | null>;
  settle(reply: Reply): void;
}

/** A client over `post`. There is no time limit: the host may be asking the user, who may take days. */
export function createClient(post: (message: ViewToHost) => void): Client {
  const open = new Map<number, (error: ReplyError | null) => void>();
  let last = 0;
  return {
    request: (message) =>
      new Promise((resolve) => {
        last += 1;
        const requestId = last;
        open.set(requestId, resolve);
        post({ ...message, requestId });
      }),
    settle: (reply) => {
      const resolve = open.get(reply.requestId);
      open.delete(reply.requestId);
      resolve?.(reply.error);
    },
  };
}

/** Parses what the host posts. A message that does not parse is dropped and reported once. */
export function hostMessages(): (data: unknown) => HostToView | undefined {
  let bad = 0;
  return (data) => {
    const parsed = HostToView.safeParse(data);
    if (parsed.success) return parsed.data;
    bad += 1;
    if (bad === 1) {
      // eslint-disable-next-line no-console -- the page has no other log; once a page, without the content
      console.error(
        'Countersign: a message from the extension was not understood and was dropped.',
      );
    }
    return undefined;
  };
}
