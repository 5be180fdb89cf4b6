// What tools give back, before model, journal, log and page: secrets are taken out, and the result says how many.
import { createOutputCapture } from '../base/outputCapture.ts';
import { findSecrets, withoutRanges, type FindDeps } from './findSecrets.ts';
import type { CommandOutcome, Effects } from '../ports/workspace.ts';
import type { SecretRange } from '../ports/secretScanner.ts';

/** A result, and its whole output where the text holds only head and tail. */
interface Result {
  text: string;
  fullOutput?: string;
}

export interface ResultScreen {
  /** Effects whose commands give their output back without secrets. */
  effects(effects: Effects): Effects;
  /** Without secrets; says how many were taken out, those of its command included. */
  result<R extends Result>(result: R): Promise<R>;
  /** For output that comes in pieces: whole lines are handed on, in order. `end` hands on the rest. */
  stream(sink: (piece: string) => void): {
    write: (piece: string) => void;
    end: () => Promise<void>;
  };
}

/** For one call. */
export function createResultScreen(deps: FindDeps): ResultScreen {
  let inOutput = 0;
  const clear = async (text: string): Promise<{ text: string; count: number }> => {
    const ranges = await findSecrets(deps, text);
    return { text: withoutRanges(text, ranges), count: ranges.length };
  };
  /** The shown head and tail are cut anew from the cleared whole: a cut through a secret would hide it from every pattern. */
  const ofCommand = async (outcome: CommandOutcome): Promise<CommandOutcome> => {
    const whole = await clear(outcome.fullOutput ?? outcome.output);
    inOutput += whole.count;
    if (whole.count === 0) return outcome;
    if (outcome.fullOutput === null) return { ...outcome, output: whole.text };
    const shown = createOutputCapture(outcome.output.length);
    shown.push(whole.text);
    return { ...outcome, output: shown.text(), fullOutput: whole.text };
  };
  return {
    effects: (effects) => ({
      ...effects,
      runCommand: async (...order) => ofCommand(await effects.runCommand(...order)),
    }),
    result: async (result) => {
      const { text, count } = await clear(result.text);
      const taken = inOutput + count;
      const full = result.fullOutput === undefined ? undefined : await clear(result.fullOutput);
      const noted = taken === 0 ? text : `${text}\n\n${note(taken)}`;
      return { ...result, text: noted, ...(full && { fullOutput: full.text }) };
    },
    stream: (sink) => createLineStream((text) => findSecrets(deps, text), sink),
  };
}

function note(count: number): string {
  const what = count === 1 ? '1 secret was' : `${count} secrets were`;
  return `[${what} taken out of this result. Where it says [redacted:…] something else stands: never write that back.]`;
}

/** A line of more is handed on in parts, of which the end waits for what comes next. */
const LONG_LINE = 32 * 1024;
const WAITING = 16 * 1024;
const KEY_BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?![^]*-----END )/;

function createLineStream(
  find: (text: string) => Promise<SecretRange[]>,
  sink: (piece: string) => void,
): ReturnType<ResultScreen['stream']> {
  let waiting = '';
  let ended = false;
  let working: Promise<void> | undefined;
  const drain = async (): Promise<void> => {
    for (;;) {
      const length = ended ? waiting.length : ready(waiting);
      if (length === 0) return;
      const piece = waiting.slice(0, length);
      const ranges = await find(piece);
      const cut = ended || /[\n\r]$/.test(piece) ? length : cutOutside(ranges, length);
      waiting = waiting.slice(cut);
      sink(
        withoutRanges(
          piece.slice(0, cut),
          ranges.filter(({ end }) => end <= cut),
        ),
      );
    }
  };
  const work = (): Promise<void> =>
    (working ??= drain().finally(() => {
      working = undefined;
    }));
  return {
    write: (piece) => {
      waiting += piece;
      if (ready(waiting) > 0) work().catch(() => undefined);
    },
    end: async () => {
      await working;
      ended = true;
      await work();
    },
  };
}

/** How many characters can be looked at now: whole lines, but not the beginning of a key that goes on; else a part of a long line. */
function ready(text: string): number {
  const lines = afterBreak(text);
  const begins = KEY_BEGINS.exec(text);
  const key = begins ? afterBreak(text.slice(0, begins.index)) : text.length;
  const held = text.length - key > LONG_LINE ? text.length : key;
  const length = Math.min(lines, held);
  return length > 0 || text.length <= LONG_LINE ? length : text.length;
}

function afterBreak(text: string): number {
  return Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
}

function cutOutside(ranges: readonly SecretRange[], length: number): number {
  const cut = length - WAITING;
  const across = ranges.find(({ start, end }) => start < cut && end > cut);
  // One that begins at once leaves nothing to hand on before it.
  return across === undefined
    ? cut
    : across.start > 0
      ? across.start
      : Math.min(across.end, length);
}
