// How a text that undo needs lies in the state file: as it is, deflated, or as its difference to another one. Pure.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { parsePlainJson } from './plainJson.ts';
import { changedPlaces } from '../lineDiff.ts';
import { linesOf } from '../../protocol/hunks.ts';

/** Text as it is, or bytes: deflated. */
export type Body = string | Buffer;

/** Up to this length, in UTF-16 units, deflating a text saves nothing that matters. */
const SHORT_TEXT = 256;
/** Larger than any text an edit may leave or read; a damaged body must not fill the memory. */
const MAX_INFLATED = 16 * 1024 * 1024;

export function toBody(text: string): Body {
  if (text.length <= SHORT_TEXT) return text;
  const deflated = deflateRawSync(text);
  return deflated.length < Buffer.byteLength(text) ? deflated : text;
}

/** Throws for what `toBody` did not make. */
export function ofBody(body: unknown): string {
  if (typeof body === 'string') return body;
  if (!Buffer.isBuffer(body)) throw new TypeError('not a text');
  return inflateRawSync(body, { maxOutputLength: MAX_INFLATED }).toString('utf8');
}

/** Lines of the one text, from where and how many, and the lines of the other in their place. */
const Places = z.array(z.tuple([z.int().min(0), z.int().min(0), z.string()]));

/** What makes `text` of `other`, or undefined where that takes no less room than `whole`. */
export function differenceTo(other: string, text: string, whole: Body): Body | undefined {
  const lines = linesOf(text);
  const places = changedPlaces(other, text).map(({ oldStart, oldLines, newStart, newLines }) => [
    oldStart,
    oldLines,
    lines.slice(newStart, newStart + newLines).join(''),
  ]);
  const json = JSON.stringify(places);
  const body = toBody(json);
  if (sizeOf(body) >= sizeOf(whole)) return undefined;
  return applied(other, json) === text ? body : undefined;
}

/** Throws for what `differenceTo` did not make. */
export function applyDifference(other: string, body: unknown): string {
  return applied(other, ofBody(body));
}

function applied(other: string, json: string): string {
  const lines = linesOf(other);
  const made: string[] = [];
  let from = 0;
  for (const [start, count, text] of Places.parse(parsePlainJson(json))) {
    made.push(lines.slice(from, start).join(''), text);
    from = start + count;
  }
  return [...made, lines.slice(from).join('')].join('');
}

function sizeOf(body: Body): number {
  return Buffer.byteLength(body);
}
