// Output of a command as a terminal may show it: colours stay, and no sequence that acts, asks, moves away from its line or hides
// anything does. Pure, and fed in pieces that may be cut anywhere.
import { displayBytes } from '../protocol/displayBytes.ts';

export interface TerminalFilter {
  /** What can be written to the terminal of it now; the beginning of a sequence waits for the rest. */
  push(text: string): string;
  /** What still waits, made visible; afterwards colours are as at the beginning. */
  end(): string;
}

/** A sequence that goes on for longer is none: it is shown as text. */
const MAX_WAITING = 4096;
const RESET = '\u001B[0m';

// ESC [ … final: parameters, intermediates, final byte.

const CSI = /^\u001B\[([0-?]*)([ -/]*)([@-~])/;
// Strings that end with BEL or ESC \: OSC (links, clipboard, titles), DCS, SOS, PM, APC.

const STRING = /^\u001B[\]PX^_][^\u0007\u001B]*(?:\u0007|\u001B\\)/;
// All others: one final byte after intermediates.

const SHORT = /^\u001B[ -/]*[0-OQ-WYZ\\`-~]/;

const BEGINS = /^\u001B(?:\[[0-?]*[ -/]*|[\]PX^_][^\u0007\u001B]*\u001B?|[ -/]*)$/;

export function createTerminalFilter(): TerminalFilter {
  let waiting = '';
  return {
    push(text) {
      const all = waiting + text;
      const { shown, rest } = filtered(all);
      waiting = rest.length > MAX_WAITING ? '' : rest;
      return rest.length > MAX_WAITING ? shown + visible(rest) : shown;
    },
    end() {
      const rest = visible(waiting);
      waiting = '';
      return rest + RESET;
    },
  };
}

function filtered(all: string): { shown: string; rest: string } {
  const shown: string[] = [];
  let at = 0;
  for (;;) {
    const escape = all.indexOf('\u001B', at);
    const until = escape < 0 ? all.length : escape;
    if (until > at) shown.push(plainText(all.slice(at, until)));
    if (escape < 0) return { shown: shown.join(''), rest: '' };
    const tail = all.slice(escape);
    const taken = sequenceOf(tail);
    if (taken === undefined) return { shown: shown.join(''), rest: tail };
    shown.push(taken.shown);
    at = escape + taken.length;
  }
}

/** The sequence that `tail` begins with, as it may be shown; undefined while it is not all there. */
function sequenceOf(tail: string): { shown: string; length: number } | undefined {
  const csi = CSI.exec(tail);
  if (csi) {
    const [all, parameters = '', between = '', final = ''] = csi;
    return { shown: between === '' ? control(parameters, final) : '', length: all.length };
  }
  const other = STRING.exec(tail) ?? SHORT.exec(tail);
  if (other) return { shown: '', length: other[0].length };
  if (BEGINS.test(tail)) return undefined;
  // No sequence at all: the escape alone, made visible.
  return { shown: visible('\u001B'), length: 1 };
}

/** Colours without the one that hides, and the clearing of the line that is being written; nothing else. */
function control(parameters: string, final: string): string {
  if (final === 'K' && /^[012]?$/.test(parameters)) return `\u001B[${parameters}K`;
  if (final !== 'm' || !/^[\d;:]*$/.test(parameters)) return '';
  const kept = colours(parameters.split(';'));
  return parameters !== '' && kept.length === 0 ? '' : `\u001B[${kept.join(';')}m`;
}

/** Without 8 (conceal) and 5, 6 (blink); a number behind 38, 48 or 58 is part of a colour. */
function colours(parameters: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < parameters.length; at += 1) {
    const one = parameters[at] ?? '';
    if (/^(?:38|48|58)$/.test(one)) {
      const length = parameters[at + 1] === '2' ? 5 : parameters[at + 1] === '5' ? 3 : 1;
      const colour = parameters.slice(at, at + length);
      if (colour.length === length && length > 1) kept.push(...colour);
      at += length - 1;
    } else if (!/^0*[568](?::.*)?$/.test(one)) kept.push(one);
  }
  return kept;
}

/** Line ends as a terminal wants them; back to the line's begin and one back stay, they cannot leave the line. */
function plainText(text: string): string {
  return text
    .split(/(\r?\n|[\r\b\v\f\t])/)
    .map((piece, index) => {
      if (index % 2 === 0) return displayBytes(piece);
      return /[\n\v\f]/.test(piece) ? '\r\n' : piece;
    })
    .join('');
}

const visible = (text: string): string => displayBytes(text);
