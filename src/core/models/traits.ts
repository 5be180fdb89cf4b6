// What models take: their providers' word, and a table of well-known names for endpoints that do not say.
import type { ModelProviders, ModelRef, ModelTraits } from '../ports/model.ts';

const UNKNOWN: ModelTraits = { images: false, contextWindow: null };

/** Total: what nobody knows is not there. */
export async function traitsOf(providers: ModelProviders, ref: ModelRef): Promise<ModelTraits> {
  return (await providers.get(ref.provider)?.traits?.(ref.id)) ?? UNKNOWN;
}

/** As their makers publish it, in tokens; the first that fits counts. */
const KNOWN: readonly (readonly [RegExp, number, boolean])[] = [
  [/^gpt-5/, 400_000, true],
  [/^gpt-4\.1/, 1_047_576, true],
  [/^(?:gpt-4o|chatgpt-4o)/, 128_000, true],
  [/^gpt-4-turbo/, 128_000, true],
  [/^gpt-4(?:-|$)/, 8_192, false],
  [/^gpt-3\.5/, 16_385, false],
  [/^o1-(?:mini|preview)/, 128_000, false],
  [/^o3-mini/, 200_000, false],
  [/^o[134](?:-|$)/, 200_000, true],
  [/^claude-/, 200_000, true],
  [/^gemini-(?:1\.5|2|3)/, 1_048_576, true],
];

/** By the name at an OpenAI-compatible endpoint, which may begin with who makes it. */
export function knownTraits(name: string): ModelTraits {
  const bare = name.toLowerCase().split('/').at(-1) ?? '';
  const found = KNOWN.find(([pattern]) => pattern.test(bare));
  return found ? { contextWindow: found[1], images: found[2] } : UNKNOWN;
}
