// The newest part of an output that may be endless, in bounded memory, with its place in the whole. Lengths are in characters.
import type { BackgroundOutput } from '../ports/commandStore.ts';

export interface OutputTail {
  push(text: string): void;
  /** How much there was in all. */
  readonly length: number;
  kept(): BackgroundOutput;
}

export function createOutputTail(limit: number): OutputTail {
  let pieces: string[] = [];
  let held = 0;
  let length = 0;
  const cut = (): string => {
    const text = pieces.join('').slice(-limit);
    pieces = [text];
    held = text.length;
    return text;
  };
  return {
    push(text) {
      length += text.length;
      pieces.push(text);
      held += text.length;
      // Twice the limit before cutting: each character is copied once on average.
      if (held > limit * 2) cut();
    },
    get length() {
      return length;
    },
    kept() {
      const text = cut();
      return { from: length - text.length, text };
    },
  };
}
