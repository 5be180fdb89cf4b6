// The model providers that need Node. The OpenAI SDK is loaded with the first request, not with this module.
import { createOpenAIProvider, type OpenAIOptions } from './openai.ts';
import { createScriptedProvider, type ScriptedOptions } from './scripted.ts';
import type { ModelProviders } from '../../core/ports/model.ts';

interface NodeProviderOptions extends OpenAIOptions, ScriptedOptions {}

/** `scripted` and `openai`. */
export function createNodeProviders(options: NodeProviderOptions): ModelProviders {
  return new Map([
    ['scripted', createScriptedProvider(options)],
    ['openai', createOpenAIProvider(options)],
  ]);
}
