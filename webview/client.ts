// Outbound requests: numbers them and settles each with the host's one reply. Knows nothing of what they mean.
import type { HostToView, ViewToHost } from '../src/protocol/messages.ts';

type Reply = Extract<HostToView, { type: 'reply' }>;
export type ReplyError = NonNullable<Reply['error']>;
type WithoutId<T> = T extends unknown ? Omit<T, 'requestId'> : never;
export type Outgoing = WithoutId<ViewToHost>;

export interface Client {
  /** Resolves with the host's error, or null when it was done. Never rejects. */
  request(message: Outgoing): Promise<ReplyError | null>;
  settle(reply: Reply): void;
}

const SILENCE: ReplyError = {
  code: 'no_reply',
  message: 'The extension has not answered. Nothing is lost: try again, or reload the window.',
  callIds: [],
};

/** A client over `post`. A request without a reply after `patienceMs` resolves with code `no_reply`. */
export function createClient(post: (message: ViewToHost) => void, patienceMs = 30_000): Client {
  const open = new Map<number, (error: ReplyError | null) => void>();
  let last = 0;
  return {
    request: (message) =>
      new Promise((resolve) => {
        last += 1;
        const requestId = last;
        const timer = setTimeout(() => {
          open.delete(requestId);
          resolve(SILENCE);
        }, patienceMs);
        open.set(requestId, (error) => {
          clearTimeout(timer);
          resolve(error);
        });
        post({ ...message, requestId });
      }),
    settle: (reply) => {
      const resolve = open.get(reply.requestId);
      open.delete(reply.requestId);
      resolve?.(reply.error);
    },
  };
}
