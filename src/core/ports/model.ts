// What the agent needs of a language model. Adapters: scripted and OpenAI-compatible (node), vscode.lm (vscode).
import type { Message, Usage } from '../agent/message.ts';
import type { ImageMedia } from '../../protocol/attachments.ts';

/** Written `provider:id`, e.g. `scripted:/demo.json`, `openai:gpt-5`, `vscode:copilot/gpt-5`. Never holds a secret. */
export interface ModelRef {
  provider: string;
  id: string;
}

/** A tool as the model is told of it; `schema` is JSON Schema of the arguments object. */
export interface ToolSpec {
  name: string;
  description: string;
  schema: Record<string, unknown>;
}

export interface ModelImage {
  name: string;
  media: ImageMedia;
  /** Base64. */
  data: string;
}

/** As it is sent: texts that were attached stand in `text`, images beside it. */
export type ModelMessage = Message & { images?: readonly ModelImage[] };

/** What a model takes, as far as somebody said. */
export interface ModelTraits {
  /** Whether a message may hold images. */
  images: boolean;
  /** Tokens that it takes in all; null when nobody said. */
  contextWindow: number | null;
}

export interface ModelRequest {
  /** `endpoint` is where the turn was started with, and counts instead of today's settings. */
  model: ModelRef & { endpoint?: string | undefined };
  system: string;
  messages: readonly ModelMessage[];
  tools: readonly ToolSpec[];
  /** How many times the model was called before in this turn; a script uses it as its position. */
  callIndex: number;
  /** Set when this is no step of a turn: the thread's title is asked for. Only a script needs to know. */
  purpose?: 'title';
  signal: AbortSignal;
}

/** Pieces of one reply, in order. `toolCall` pieces with one `index` belong together; `args` is a fragment of JSON. */
export type ModelChunk =
  | { type: 'text'; delta: string }
  /** What the model says it thinks; shown apart from the reply, and never sent to a model again. */
  | { type: 'reasoning'; delta: string }
  | { type: 'toolCall'; index: number; id?: string; name?: string; args?: string }
  | { type: 'usage'; usage: Usage }
  | { type: 'end'; reason: 'stop' | 'tool_calls' | 'length' | 'other' };

/**
 * Streams one reply. Throws AppError with code `model_auth`, `model_rate_limited`, `model_unavailable`,
 * `model_unreachable`, `model_rejected`, `model_cut_off`, `model_not_configured`, `script_invalid` or
 * `script_mismatch`; on abort an AbortError. Retries with back-off happen inside, and only before the first chunk was yielded.
 */
export interface ModelProvider {
  /** Where settings send a new turn's text, without credentials; undefined when they do not say, or not usably. Never throws. */
  endpoint?(): string | undefined;
  /** Never throws; without it nothing is known. */
  traits?(id: string): Promise<ModelTraits>;
  /** The name under which the secret storage holds the key, for a provider that needs one. */
  readonly secret?: string;
  stream(request: ModelRequest): AsyncIterable<ModelChunk>;
}

/** All providers by name (`scripted`, `openai`, `vscode`). */
export type ModelProviders = ReadonlyMap<string, ModelProvider>;
