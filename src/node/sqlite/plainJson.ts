// JSON as plain data only: what is read back is never a class instance and never carries a `__proto__` key.

/** Escapes can spell the key too; only control characters are commonly escaped this way. */
const mayHideProto = /__proto__|\\u00/;

/** Parses JSON text, leaving out every member called `__proto__`. Throws SyntaxError, or RangeError when too deep. */
export function parsePlainJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return mayHideProto.test(text) ? JSON.parse(text, dropProto) : value;
}

function dropProto(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}
