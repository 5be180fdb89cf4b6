// A real HTTP server that speaks the streaming chat-completions wire format, well or badly, as told by queued replies.
// It checks requests as strictly as the real endpoint does where the agent could get them wrong.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';

export interface RecordedRequest {
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: WireRequest;
}

export interface WireRequest {
  model: string;
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
  messages: WireMessage[];
  tools?: { type: string; function: { name: string; description: string; parameters: unknown } }[];
}

export interface WireMessage {
  role: string;
  content: string | null;
  tool_call_id?: string;
  tool_calls?: { id: string; type: string; function: { name: string; arguments: string } }[];
}

export interface Completion {
  text?: string;
  toolCalls?: readonly { id: string; name: string; args: unknown }[];
  /** Characters in each fragment of text and arguments; default 3. */
  fragment?: number;
  /** Bytes in each write, so that events and characters are cut; default: one event a write. */
  bytes?: number;
  usage?: { prompt_tokens: number; completion_tokens: number };
  finishReason?: string;
}

export type FakeReply =
  | ({ kind: 'completion' } & Completion)
  | {
      kind: 'status';
      status: number;
      headers?: Record<string, string>;
      body?: string | ((request: RecordedRequest) => string);
    }
  /** Written as given, one write each, a promise awaited; then the response ends, the connection breaks, or nothing more comes. */
  | {
      kind: 'raw';
      writes: readonly (string | Uint8Array | Promise<void>)[];
      then: 'end' | 'break' | 'hang';
      headers?: Record<string, string>;
    };

export interface FakeOpenAIServer {
  /** Ends in `/v1`. */
  readonly baseUrl: string;
  readonly port: number;
  /** Every request that came, in order. */
  readonly requests: readonly RecordedRequest[];
  /** Replies for the next requests, in order; a request without one gets HTTP 400. */
  enqueue(...replies: FakeReply[]): void;
  /** Forgets the replies that were not asked for. */
  clear(): void;
  /** Resolves when the next request has come whole. */
  nextRequest(): Promise<void>;
  /** Resolves when the client has closed the connection of a reply that had not ended. */
  nextDisconnect(): Promise<void>;
  dispose(): Promise<void>;
}

export async function startOpenAIServer(): Promise<FakeOpenAIServer> {
  const requests: RecordedRequest[] = [];
  const queue: FakeReply[] = [];
  const disconnects: (() => void)[] = [];
  const arrivals: (() => void)[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.on('close', () => {
      if (!response.writableFinished) disconnects.splice(0).forEach((resolve) => resolve());
    });
    const recorded = await record(request);
    requests.push(recorded);
    arrivals.splice(0).forEach((resolve) => resolve());
    const problem = problemOf(request, recorded.body);
    const reply = problem ? refusal(problem) : (queue.shift() ?? refusal('no reply is queued'));
    await send(response, reply, recorded);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    port,
    requests,
    enqueue: (...replies) => queue.push(...replies),
    clear: () => queue.splice(0),
    nextRequest: () => new Promise((resolve) => arrivals.push(resolve)),
    nextDisconnect: () => new Promise((resolve) => disconnects.push(resolve)),
    dispose: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The event-stream text of a completion, one event each, `[DONE]` last. */
export function completionEvents(completion: Completion): string[] {
  const size = completion.fragment ?? 3;
  const toolCalls = completion.toolCalls ?? [];
  const deltas: unknown[] = [{ role: 'assistant', content: toolCalls.length > 0 ? null : '' }];
  for (const content of fragments(completion.text ?? '', size)) deltas.push({ content });
  toolCalls.forEach(({ id, name, args }, index) => {
    const head = { index, id, type: 'function', function: { name, arguments: '' } };
    deltas.push({ tool_calls: [head] });
    const text = typeof args === 'string' ? args : JSON.stringify(args);
    for (const piece of fragments(text, size)) {
      deltas.push({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
  });
  const finish = completion.finishReason ?? (toolCalls.length > 0 ? 'tool_calls' : 'stop');
  return [
    ...deltas.map((delta) => event({ choices: [{ index: 0, delta, finish_reason: null }] })),
    event({ choices: [{ index: 0, delta: {}, finish_reason: finish }] }),
    ...(completion.usage ? [event({ choices: [], usage: completion.usage })] : []),
    'data: [DONE]\n\n',
  ];
}

/** One event of the stream. */
export function event(chunk: object): string {
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'fake' };
  return `data: ${JSON.stringify({ ...head, ...chunk })}\n\n`;
}

function fragments(text: string, size: number): string[] {
  const points = [...text];
  const count = Math.ceil(points.length / size);
  return Array.from({ length: count }, (_, i) => points.slice(i * size, (i + 1) * size).join(''));
}

async function record(request: IncomingMessage): Promise<RecordedRequest> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return {
    url: request.url ?? '',
    headers: request.headers,
    body: JSON.parse(text) as WireRequest,
  };
}

/** What the real endpoint would answer with HTTP 400. */
function problemOf(request: IncomingMessage, body: WireRequest): string | undefined {
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions') return 'unknown path';
  if (body.stream !== true) return 'this server only streams';
  if (body.tools?.length === 0) return "[] is too short - 'tools'";
  let open = new Set<string>();
  for (const message of body.messages) {
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id ?? '')) return 'a tool message answers no tool call';
      continue;
    }
    if (open.size > 0) return `no tool message answers ${[...open].join(', ')}`;
    open = new Set(message.tool_calls?.map(({ id }) => id));
    for (const call of message.tool_calls ?? []) {
      if (!/^[\w-]{1,64}$/.test(call.function.name)) return 'a function name is malformed';
      JSON.parse(call.function.arguments);
    }
  }
  return open.size > 0 ? `no tool message answers ${[...open].join(', ')}` : undefined;
}

function refusal(message: string): FakeReply {
  const body = JSON.stringify({ error: { message, type: 'invalid_request_error', code: null } });
  return { kind: 'status', status: 400, headers: { 'content-type': 'application/json' }, body };
}

async function send(
  response: ServerResponse,
  reply: FakeReply,
  request: RecordedRequest,
): Promise<void> {
  if (reply.kind === 'status') {
    response.writeHead(reply.status, reply.headers ?? {});
    response.end(typeof reply.body === 'function' ? reply.body(request) : (reply.body ?? ''));
    return;
  }
  const headers = reply.kind === 'raw' ? reply.headers : undefined;
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  response.flushHeaders();
  const writes = reply.kind === 'raw' ? reply.writes : completionWrites(reply);
  for (const write of writes) {
    const piece = await write;
    if (piece === undefined) continue;
    await new Promise<void>((resolve) => response.write(piece, () => resolve()));
    // Gives the pieces a chance to arrive one by one.
    await turnOfTheLoop();
  }
  if (reply.kind === 'completion' || reply.then === 'end') response.end();
  else if (reply.then === 'break') response.destroy();
}

function completionWrites(completion: Completion): (string | Uint8Array)[] {
  const events = completionEvents(completion);
  const { bytes } = completion;
  if (bytes === undefined) return events;
  const all = Buffer.from(events.join(''));
  const count = Math.ceil(all.length / bytes);
  return Array.from({ length: count }, (_, i) => all.subarray(i * bytes, (i + 1) * bytes));
}
