// The model providers that need Node. The OpenAI SDK is loaded with the first request, not with this module.
import { readFile } from 'node:fs/promises';
import { createOpenAIProvider, type OpenAIOptions } from './openai.ts';
import { createScriptedProvider } from './scripted.ts';
import type { ModelProvider, ModelProviders } from '../../core/ports/model.ts';

export interface NodeProviderOptions {
  openai: OpenAIOptions;
  /** More providers by name, e.g. `vscode` in the extension. */
  others?: Readonly<Record<string, ModelProvider>>;
}

/** `scripted` and `openai`, and what else is given. Script paths are resolved by the process's working directory. */
export function createNodeProviders(options: NodeProviderOptions): ModelProviders {
  return new Map([
    ['scripted', createScriptedProvider({ readFile: (path) => readFile(path, 'utf8') })],
    ['openai', createOpenAIProvider(options.openai)],
    ...Object.entries(options.others ?? {}),
  ]);
}
