// Model names as the user writes them: `provider:id`.
import { AppError } from '../base/errors.ts';
import type { ModelRef } from '../ports/model.ts';

/** Splits at the first colon; the id may hold more. Throws AppError `model_ref_invalid`. */
export function parseModelRef(text: string): ModelRef {
  const match = /^([a-z][a-z0-9-]*):(\S.*)$/s.exec(text.trim());
  const [, provider, id] = match ?? [];
  if (provider === undefined || id === undefined) {
    throw new AppError(
      'model_ref_invalid',
      `${JSON.stringify(text)} does not name a model. Write provider:name, for example openai:gpt-5 or scripted:demo.json.`,
    );
  }
  return { provider, id };
}

export function formatModelRef(ref: ModelRef): string {
  return `${ref.provider}:${ref.id}`;
}
