// Generated JSON that is wrong on purpose: values of a zod schema, and the same with something broken in them.
import fc from 'fast-check';
import { z } from 'zod';

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', ''];

/** Nested so deeply that a recursive reader runs out of stack; a report of it does not. */
function nested(depth: number, open: string, close: string): unknown {
  const value = JSON.parse(`${open.repeat(depth)}0${close.repeat(depth)}`) as object;
  const text = `<${depth} times ${open}>`;
  return Object.defineProperty(value, fc.toStringMethod, { value: () => text });
}

const LONG = 'x'.repeat(100_000);

/** Made anew each time: what is put into a value may be broken further. */
const odd: fc.Arbitrary<unknown> = fc
  .constantFrom<() => unknown>(
    ...[null, true, 0, -1, 1.5, 1e308, '', 'approve', '\u0000', '\ud800', '\u202e'].map(
      (value) => () => value,
    ),
    () => [],
    () => ({}),
    () => [[]],
    () => ({ type: 'approve' }),
    () => ({ toString: null, valueOf: 'x' }),
  )
  .map((make) => make());

const huge: fc.Arbitrary<unknown> = fc
  .constantFrom<() => unknown>(
    () => nested(5_000, '[', ']'),
    () => nested(5_000, '{"a":', '}'),
    () => nested(300, '{"__proto__":', '}'),
    () => LONG,
  )
  .map((make) => make());

/** A value that a careless reader stumbles over. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 16, arbitrary: fc.jsonValue() },
  { weight: 8, arbitrary: odd },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...NAMES), fc.jsonValue())
      .map(([name, value]): unknown =>
        JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`),
      ),
  },
  { weight: 1, arbitrary: huge },
);

type Json = Record<string, unknown>;

/** Values that fit the schema, as far as JSON Schema can say it. */
export function fitting(schema: z.ZodType): fc.Arbitrary<unknown> {
  return ofJsonSchema(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }), 0);
}

function ofJsonSchema(schema: Json, depth: number): fc.Arbitrary<unknown> {
  const choices = (schema['oneOf'] ?? schema['anyOf']) as Json[] | undefined;
  if (choices) return fc.oneof(...choices.map((one) => ofJsonSchema(one, depth + 1)));
  const { type } = schema;
  if (Array.isArray(type)) {
    return fc.oneof(
      ...type.map((one) => ofJsonSchema({ ...schema, type: one as Json }, depth + 1)),
    );
  }
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum']))
    return fc.constantFrom<unknown>(...(schema['enum'] as never[]));
  switch (schema['type']) {
    case 'string':
      return fc.oneof(
        fc.constantFrom('a', 'w', 'c1', 'hash', ...NAMES),
        fc.string({ minLength: Number(schema['minLength'] ?? 0), maxLength: 12 }),
      );
    case 'integer':
      return ofInteger(schema);
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(ofJsonSchema((schema['items'] ?? {}) as Json, depth + 1), {
        ...{ minLength: Number(schema['minItems'] ?? 0), maxLength: 3 },
      });
    case 'object':
      return ofObject(schema, depth);
    default:
      return fc.jsonValue();
  }
}

function ofInteger(schema: Json): fc.Arbitrary<number> {
  const min = Math.max(Number(schema['minimum'] ?? -1000), -(2 ** 31));
  const max = Math.min(Number(schema['maximum'] ?? 1000), 2 ** 31);
  return fc.oneof(fc.integer({ min, max }), fc.integer({ min, max: Math.min(max, min + 10) }));
}

function ofObject(schema: Json, depth: number): fc.Arbitrary<unknown> {
  const properties = (schema['properties'] ?? {}) as Record<string, Json>;
  const rest = schema['additionalProperties'];
  if (Object.keys(properties).length === 0 && rest !== null && typeof rest === 'object') {
    return fc.dictionary(fc.constantFrom('a', 'w', 'c1', 'x'), ofJsonSchema(rest as Json, depth));
  }
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, one]) => [name, ofJsonSchema(one, depth + 1)]),
  );
  return fc.record(members, { requiredKeys: (schema['required'] ?? []) as never[] });
}

/** A fitting value, or one with up to three things changed, left out, added or renamed, anywhere in it. */
export function nearly(schema: z.ZodType): fc.Arbitrary<unknown> {
  const change = fc.record({
    at: fc.array(fc.nat({ max: 20 }), { maxLength: 6 }),
    what: fc.constantFrom('replace', 'remove', 'add', 'twice'),
    name: fc.oneof(fc.constantFrom(...NAMES, 'scope', 'rule', 'type'), fc.string()),
    value: hostile,
  });
  return fc
    .tuple(fitting(schema), fc.array(change, { maxLength: 3 }))
    .map(([value, changes]) => changes.reduce<unknown>(broken, structuredClone(value)));
}

interface Change {
  at: readonly number[];
  what: string;
  name: string;
  value: unknown;
}

function broken(value: unknown, { at, what, name, value: put }: Change): unknown {
  const [first, ...rest] = at;
  if (value === null || typeof value !== 'object') return put;
  const keys = Object.keys(value);
  const key = first === undefined ? undefined : keys[first % Math.max(1, keys.length)];
  const into = value as Json;
  if (key !== undefined && rest.length > 0) {
    set(into, key, broken(into[key], { at: rest, what, name, value: put }));
    return value;
  }
  if (key === undefined) return put;
  if (what === 'remove') Reflect.deleteProperty(into, key);
  else if (what === 'add') set(into, name, put);
  else set(into, key, what === 'twice' ? [into[key], into[key]] : put);
  return value;
}

/** As JSON.parse does: a member of its own, whatever it is called. */
function set(into: object, key: string, value: unknown): void {
  Object.defineProperty(into, key, {
    ...{ value, enumerable: true, configurable: true, writable: true },
  });
}

/** Fails when something reached the prototypes of everybody. */
export function prototypesAreClean(): boolean {
  return (
    Reflect.ownKeys(Object.prototype).length === PROTOTYPE &&
    ({} as Json)['type'] === undefined &&
    ({} as Json)['approve'] === undefined
  );
}

const PROTOTYPE = Reflect.ownKeys(Object.prototype).length;
