// Values of channels as text and back. Stored text is data: classes come back only from the closed list in
// saverClasses.ts, under a tag that nothing but this file writes.
import { AppError } from '../../core/base/errors.ts';
import { parsePlainJson } from './plainJson.ts';
import { reviveClass, sendData, tagOf } from './saverClasses.ts';

/** `tagged` is JSON in which `{"$countersign": [kind, ...]}` stands for what JSON has no form for. */
type DataType = 'json' | 'tagged';

export interface Encoded {
  type: DataType;
  body: string;
}

const TAG = '$countersign';
const OBJECT = 'object';
const PROTO = '__proto__';

/** Stands for “not a tree of plain data”; see `copyPlain`. */
export const NOT_PLAIN = Symbol('not plain');

type PlainObject = Record<string, unknown>;

export function isObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A deep copy that shares its strings, or NOT_PLAIN for anything that JSON would change or that needs a tag. */
export function copyPlain(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : NOT_PLAIN;
    case 'object':
      if (value === null) return null;
      return Array.isArray(value) ? copyArray(value) : copyObject(value);
    case 'undefined':
    case 'bigint':
    case 'function':
    case 'symbol':
      return NOT_PLAIN;
  }
}

function copyArray(from: readonly unknown[]): unknown {
  const to: unknown[] = [];
  for (const member of from) {
    const copy = copyPlain(member);
    if (copy === NOT_PLAIN) return NOT_PLAIN;
    to.push(copy);
  }
  return to;
}

function copyObject(from: object): unknown {
  if (!hasPlainPrototype(from)) return NOT_PLAIN;
  const to: PlainObject = {};
  for (const [key, member] of Object.entries(from)) {
    const copy = copyPlain(member);
    if (copy === NOT_PLAIN || key === TAG || key === PROTO) return NOT_PLAIN;
    to[key] = copy;
  }
  return to;
}

/** Freezes a tree of plain data, in place. */
export function freezeData(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  for (const member of Object.values(value)) freezeData(member);
  Object.freeze(value);
}

function hasPlainPrototype(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** True when `live` still is what `copy`, made by `copyPlain`, says. Strings that are shared cost nothing to compare. */
export function samePlain(live: unknown, copy: unknown): boolean {
  if (live === copy) return true;
  if (Array.isArray(live)) {
    if (!Array.isArray(copy) || live.length !== copy.length) return false;
    for (let at = 0; at < live.length; at += 1) if (!samePlain(live[at], copy[at])) return false;
    return true;
  }
  if (!isObject(live) || !isObject(copy) || !hasPlainPrototype(live)) return false;
  // Runs for every message at every step: no arrays of keys.
  let more = 0;
  for (const key in live) {
    if (!samePlain(live[key], copy[key])) return false;
    more += 1;
  }
  for (const key in copy) if (Object.hasOwn(copy, key)) more -= 1;
  return more === 0;
}

/** Throws AppError `store_failed` for values that would come back as something else. */
export function encodeData(value: unknown): Encoded {
  try {
    const plain = copyPlain(value);
    if (plain !== NOT_PLAIN) return { type: 'json', body: JSON.stringify(plain) };
    return { type: 'tagged', body: JSON.stringify({ value }, tagMembers) };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unstorable(String(error), error);
  }
}

/** A JSON replacer: `this` still holds what `toJSON` methods would hide. */
function tagMembers(this: unknown, key: string, json: unknown): unknown {
  const raw: unknown = isHolder(this) ? Reflect.get(this, key) : json;
  if (raw === undefined) return { [TAG]: ['undefined'] };
  if (typeof raw === 'bigint') throw unstorable('a bigint');
  if (!isObject(raw)) return json;
  const tag = tagOf(raw);
  if (tag) return { [TAG]: tag };
  const send = sendData(raw);
  if (send) return send;
  // What is returned here is not visited itself, only its members: data that looks like a tag is written as entries.
  const forged = isObject(json) && Object.hasOwn(json, TAG);
  return forged ? { [TAG]: [OBJECT, ...Object.entries(json)] } : json;
}

/** Throws AppError `store_damaged_row`. Every call builds new objects. */
export function decodeData({ type, body }: { type: string; body: string }): unknown {
  const value = parseData({ type, body });
  return type === 'tagged' ? reviveData(value) : value;
}

/** The JSON of a stored value, tags still in it. */
export function parseData({ type, body }: { type: string; body: string }): unknown {
  if (type !== 'json' && type !== 'tagged') throw damagedValue(`its type is ${type}`);
  try {
    const parsed = parsePlainJson(body);
    if (type === 'json') return parsed;
    if (isObject(parsed) && Object.hasOwn(parsed, 'value')) return parsed['value'];
  } catch (error) {
    throw damagedValue(String(error), error);
  }
  throw damagedValue('it has no value');
}

/** Builds the value that a tagged tree stands for. */
export function reviveData(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(reviveData);
  if (!isObject(tree)) return tree;
  const tag = tree[TAG];
  if (tag === undefined) return toObject(Object.entries(tree));
  if (!Array.isArray(tag)) throw damagedValue('a tag is not an array');
  const [kind, ...parts] = toArray(tag);
  if (kind === OBJECT) return toObject(parts);
  if (kind === 'undefined') return undefined;
  const revived = typeof kind === 'string' ? reviveClass(kind, parts.map(reviveData)) : undefined;
  if (revived === undefined) throw damagedValue(`there is no kind ${String(kind)}`);
  return revived;
}

function toObject(entries: readonly unknown[]): PlainObject {
  const object: PlainObject = {};
  for (const entry of entries) {
    const [key, member] = toArray(entry);
    if (typeof key !== 'string') throw damagedValue('an entry has no key');
    if (key !== PROTO) object[key] = reviveData(member);
  }
  return object;
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function toArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function unstorable(what: string, cause?: unknown): AppError {
  const message = `A checkpoint cannot hold this value of a channel: ${what}.`;
  return new AppError('store_failed', message, { audience: 'log', cause });
}

export function damagedValue(detail: string, cause?: unknown): AppError {
  return new AppError('store_damaged_row', `A stored value cannot be read: ${detail}`, { cause });
}
