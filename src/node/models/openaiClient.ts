// One request through the OpenAI SDK. The SDK never holds the key and nothing of it reaches the environment's variables:
// headers are set here, last, from a closed list.
import { readErrorBody } from './openaiErrors.ts';
import type { Endpoint } from './endpoint.ts';
import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';

export interface Connection {
  endpoint: Endpoint;
  apiKey: string | undefined;
  /** How long to wait for the server's first answer, in milliseconds. */
  timeoutMs: number;
}

/** The server answered 200 with something that is not an event stream. */
export class NotAStreamError extends Error {
  readonly contentType: string;

  constructor(contentType: string) {
    super('not an event stream');
    this.contentType = contentType;
  }
}

const LONGEST_ERROR_BODY = 64 * 1024;

/** Sends one request, without retries. Throws the SDK's errors; error bodies are cut at 64 KB. */
export async function openStream(
  connection: Connection,
  params: ChatCompletionCreateParamsStreaming,
  signal: AbortSignal,
): Promise<AsyncIterable<unknown>> {
  const { OpenAI } = await import('openai');
  const client = new OpenAI({
    baseURL: connection.endpoint.baseUrl,
    apiKey: 'set-by-fetch',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    timeout: connection.timeoutMs,
    fetch: fetchWith(connection.apiKey),
  });
  return client.chat.completions.create(params, { signal });
}

/** fetch with our own headers only: the SDK would add some from OPENAI_CUSTOM_HEADERS, and describe the machine. */
function fetchWith(apiKey: string | undefined): typeof fetch {
  return async (url, init) => {
    const headers = new Headers({
      accept: 'text/event-stream',
      'content-type': 'application/json',
      'user-agent': 'countersign',
    });
    if (apiKey !== undefined) headers.set('authorization', `Bearer ${apiKey}`);
    // A redirect is reported, not followed: it could lead the conversation to another host.
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    if (!response.ok) return bounded(response);
    const contentType = response.headers.get('content-type') ?? '';
    if (/\bjson\b|\bhtml\b/i.test(contentType)) {
      await response.body?.cancel();
      throw new NotAStreamError(contentType);
    }
    return response;
  };
}

/** The same response with at most 64 KB of its body read, in the one shape of error that the SDK understands. */
async function bounded(response: Response): Promise<Response> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  while (reader && size < LONGEST_ERROR_BODY) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
  }
  await reader?.cancel();
  const { status, headers } = response;
  const text = Buffer.concat(parts).subarray(0, LONGEST_ERROR_BODY).toString('utf8');
  const body = status === 304 ? null : JSON.stringify({ error: readErrorBody(text) });
  return new Response(body, { status, headers });
}
