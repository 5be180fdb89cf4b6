// Any OpenAI-compatible endpoint as a model provider: one streamed chat completion a call, retried until it starts.
// Reads no environment variable. The key leaves this file only in the request's header.
import { delay } from './delay.ts';
import { endpointOf, parseEndpoint, type Endpoint } from './endpoint.ts';
import { RequestFailure, toFailure } from './openaiFailure.ts';
import { openStream, type Connection } from './openaiClient.ts';
import { cutOffFailure, type ErrorContext, type Failure } from './openaiErrors.ts';
import { addPiece, emptyReply, finishReply } from './openaiReply.ts';
import { toWireRequest } from './openaiRequest.ts';
import { AppError } from '../../core/base/errors.ts';
import { throwIfAborted } from '../../core/models/abort.ts';
import { knownTraits } from '../../core/models/traits.ts';
import { secretKey } from '../../core/models/secretKey.ts';
import type {
  ModelChunk,
  ModelProvider,
  ModelRequest,
  ModelTraits,
} from '../../core/ports/model.ts';
import type { Logger } from '../../core/ports/system.ts';

export interface OpenAIOptions {
  /** `countersign.model.baseUrl`; undefined or empty for OpenAI's own endpoint. */
  baseUrl(): string | undefined;
  /** Read anew for every request. */
  apiKey(): Promise<string | undefined>;
  /** What the user says of the model; the rest goes by its name. */
  traits?(): Partial<ModelTraits>;
  logger: Logger;
  /** How often a request is sent again after 429, 5xx and connection errors. Default 3. */
  maxRetries?: number;
  /** How long to wait for the server's first answer, in milliseconds. Default five minutes. */
  timeoutMs?: number;
  /** Waits between retries; replaced by tests. */
  delay?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const DEFAULT_RETRIES = 3;
const DEFAULT_TIMEOUT_MS = 300_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8_000;
/** A server that asks for a longer pause than this is not waited for. */
const LONGEST_RETRY_AFTER_MS = 60_000;

export function createOpenAIProvider(options: OpenAIOptions): ModelProvider {
  const warned = new Set<string>();
  return {
    endpoint: () => endpointOf(options.baseUrl()),
    traits: async (id) => ({ ...knownTraits(id), ...options.traits?.() }),
    secret: secretKey('openai'),
    async *stream(request) {
      const connection = await connect(options, request);
      warnOnce(connection.endpoint, warned, options.logger);
      yield* streamWithRetries(options, connection, request);
    },
  };
}

async function connect(
  options: OpenAIOptions,
  { model, signal }: ModelRequest,
): Promise<Connection> {
  const endpoint = parseEndpoint(model.endpoint ?? options.baseUrl());
  const apiKey = (await options.apiKey())?.trim() || undefined;
  throwIfAborted(signal);
  if (apiKey === undefined && endpoint.isDefault) {
    throw new AppError(
      'model_not_configured',
      `No API key is set for ${endpoint.shown}. Run “Countersign: Set API Key…”, or set countersign.model.baseUrl to a server that needs none.`,
    );
  }
  // Checked here because fetch would quote the whole header in its own error.
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new AppError(
      'model_auth',
      'The API key holds spaces or characters that no key has. Run “Countersign: Set API Key…” and enter it again.',
    );
  }
  return { endpoint, apiKey, timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS };
}

function warnOnce(endpoint: Endpoint, warned: Set<string>, logger: Logger): void {
  if (!endpoint.exposed || warned.has(endpoint.shown)) return;
  warned.add(endpoint.shown);
  logger.warn(
    `The model server at ${endpoint.shown} is used over plain http: the API key and the conversation can be read on the way.`,
  );
}

async function* streamWithRetries(
  options: OpenAIOptions,
  connection: Connection,
  request: ModelRequest,
): AsyncGenerator<ModelChunk> {
  const { signal, model } = request;
  const { endpoint, apiKey } = connection;
  const context: ErrorContext = { where: endpoint.shown, model: model.id, apiKey };
  for (let attempt = 0; ; attempt += 1) {
    let started = false;
    let failure: Failure;
    try {
      for await (const chunk of streamOnce(connection, request, context)) {
        started = true;
        yield chunk;
      }
      return;
    } catch (thrown) {
      throwIfAborted(signal);
      failure = await toFailure(thrown, context);
    }
    const wait = retryDelay(failure, attempt);
    const retriesLeft = (options.maxRetries ?? DEFAULT_RETRIES) - attempt;
    if (started || wait === undefined || retriesLeft <= 0) throw failure.error;
    options.logger.info(
      `${failure.error.code} from ${endpoint.shown}; sending again in ${Math.round(wait)} ms, ${retriesLeft} tries left`,
    );
    await (options.delay ?? delay)(wait, signal);
    throwIfAborted(signal);
  }
}

/** Milliseconds to wait before sending again; undefined when that is pointless. */
function retryDelay(failure: Failure, attempt: number): number | undefined {
  if (!failure.retry) return undefined;
  const { retryAfterMs } = failure;
  if (retryAfterMs !== undefined) {
    return retryAfterMs > LONGEST_RETRY_AFTER_MS ? undefined : retryAfterMs;
  }
  const backOff = Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS);
  return backOff * (0.75 + Math.random() * 0.25);
}

async function* streamOnce(
  connection: Connection,
  request: ModelRequest,
  context: ErrorContext,
): AsyncGenerator<ModelChunk> {
  const { signal } = request;
  const reply = emptyReply();
  try {
    for await (const piece of await openStream(connection, toWireRequest(request), signal)) {
      throwIfAborted(signal);
      const chunks = addPiece(reply, piece);
      if (!chunks) throw cutOff('held something that is not a chat completion', context, false);
      yield* chunks;
    }
  } catch (error) {
    // What came after the server said that the reply is complete does not matter.
    if (signal.aborted || reply.finishReason === undefined) throw error;
  }
  // The SDK ends an aborted stream as if it were complete.
  throwIfAborted(signal);
  const last = finishReply(reply);
  if (!last) throw cutOff('ended before it was complete', context, true);
  yield* last;
}

function cutOff(what: string, context: ErrorContext, retry: boolean): RequestFailure {
  return new RequestFailure(cutOffFailure(what, context, retry));
}
