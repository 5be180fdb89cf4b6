// Takes the secrets this program itself was handed out of what tools give back, whatever they look like. Texts that look like a
// secret are core/screening's matter. Pure but for the growing list of secrets.

/** Shorter values stand for "no key" at local servers ("none", "ollama") and would be found in ordinary text. */
const MIN_SECRET = 12;
const REDACTED = '[redacted:api-key]';

export interface Redactor {
  /** From now on `secret` is taken out; short ones are not. */
  add(secret: string | undefined): void;
  text(text: string): string;
  /** For text that comes in pieces, cut anywhere: what may be the beginning of a secret waits for the next piece. */
  stream(sink: (piece: string) => void): RedactedStream;
}

interface RedactedStream {
  write: (piece: string) => void;
  /** Hands over what still waits. */
  end: () => void;
}

export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  const text = (raw: string): string =>
    [...secrets].reduce((cleared, secret) => cleared.replaceAll(secret, REDACTED), raw);
  return {
    add: (secret) => {
      if (secret !== undefined && secret.length >= MIN_SECRET) secrets.add(secret);
    },
    text,
    stream: (sink) => {
      let waiting = '';
      const hand = (piece: string): void => {
        if (piece !== '') sink(piece);
      };
      return {
        write: (piece) => {
          const cleared = text(waiting + piece);
          const kept = Math.max(0, ...[...secrets].map((secret) => begun(cleared, secret)));
          waiting = cleared.slice(cleared.length - kept);
          hand(cleared.slice(0, cleared.length - kept));
        },
        end: () => {
          hand(waiting);
          waiting = '';
        },
      };
    },
  };
}

/** How many characters at the end of `text` are the beginning of `secret`. */
function begun(text: string, secret: string): number {
  for (let length = Math.min(text.length, secret.length - 1); length > 0; length -= 1) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}
