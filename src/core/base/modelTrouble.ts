// Trouble with the model that is not the turn's fault: the same request may well be answered later, or after a setting or
// key was corrected.

const TROUBLE: ReadonlySet<string> = new Set([
  'model_auth',
  'model_cut_off',
  'model_not_configured',
  'model_rate_limited',
  'model_unavailable',
  'model_unreachable',
]);

/** True for a code of `ModelProvider.stream` after which the same request may be tried again. */
export function isModelTrouble(code: string | null): boolean {
  return code !== null && TROUBLE.has(code);
}
