// Path globs of rules. `*` and `?` stay inside a segment, `**` as a whole segment spans segments, dot names match;
// every other character is literal: no classes, braces, extglobs or negation.
import picomatch from 'picomatch';
import type { GlobCompiler } from '../core/ports/system.ts';

const MAX_WILDCARDS = 64;
const PLAIN = /^[\x20-\x7e]*$/;

/** Compiles one glob; throws on an empty or excessive one. A path must match as a whole, `/`-separated. */
export const compileGlob: GlobCompiler = (glob, { nocase }) => {
  if (glob === '' || (glob.match(/[*?]/g)?.length ?? 0) > MAX_WILDCARDS) {
    throw new Error('empty glob or too many wildcards');
  }
  const form = nocase ? comparable : exact;
  const segments = form(glob).split('/').map(escapeSegment);
  const covers = glob.endsWith('/**');
  const whole = picomatch.makeRe(segments.join('/'), {
    dot: true,
    nocase,
    noextglob: true,
    nobrace: true,
    nobracket: true,
    nonegate: true,
    strictSlashes: true,
    windows: false,
  });
  return (path) => {
    const wanted = form(path);
    // `src/**` is what lies in src, not src itself.
    if (covers && sameText(wanted, glob.slice(0, -3), nocase)) return false;
    return whole.test(wanted);
  };
};

/** Every normal form of a name is one name to a rule that tightens. */
function comparable(text: string): string {
  return PLAIN.test(text) ? text : exact(text.normalize('NFC'));
}

/** Line breaks replaced: a regular expression's dot would not match them and a deny would be lost. */
function exact(text: string): string {
  return PLAIN.test(text) ? text : text.replace(/[\n\r\u2028\u2029]/g, '\uFFFD');
}

function escapeSegment(segment: string): string {
  if (segment === '**') return segment;
  return segment.replace(/\*+/g, '*').replace(/[^*?/\p{L}\p{N}_ -]/gu, '\\$&');
}

function sameText(a: string, b: string, nocase: boolean): boolean {
  return nocase ? a.toLowerCase() === b.toLowerCase() : a === b;
}
