// What went wrong with a request, as an AppError that says where and what to do. Built from texts that were cleared of
// the key; the SDK's own errors are never passed on, because they hold what the server sent back.
import { z } from 'zod';
import { AppError } from '../../core/base/errors.ts';
import { parseJson } from '../../core/base/json.ts';

export interface ErrorContext {
  /** `host:port` */
  where: string;
  model: string;
  apiKey: string | undefined;
}

/** An error and whether the same request may be sent again, after how many milliseconds if the server said so. */
export interface Failure {
  error: AppError;
  retry: boolean;
  retryAfterMs?: number | undefined;
}

const LONGEST_QUOTE = 500;

const ErrorBody = z.union([
  z.object({ error: z.object({ message: z.string(), code: z.unknown() }) }),
  z
    .object({ error: z.string() })
    .transform(({ error }) => ({ error: { message: error, code: null } })),
  z
    .object({ message: z.string() })
    .transform((body) => ({ error: { message: body.message, code: null } })),
  z.object({ detail: z.unknown() }).transform(({ detail }) => ({
    error: { message: typeof detail === 'string' ? detail : JSON.stringify(detail), code: null },
  })),
]);

/** The message and code of an error body in any of the usual shapes; else the text itself. */
export function readErrorBody(text: string): { message: string; code: unknown } {
  const json = parseJson(text);
  const body = ErrorBody.safeParse(json.ok ? json.value : undefined);
  return body.success ? body.data.error : { message: text.trim(), code: null };
}

/** Replaces the key by `[key]`: as it is, quoted and escaped to any depth, or encoded. */
export function redact(text: string, apiKey: string | undefined): string {
  if (!apiKey) return text;
  const escaped = [...apiKey].map((char) => char.replace(/\W/, '\\$&')).join('\\\\*');
  const bytes = Buffer.from(apiKey);
  const encodings = ['base64', 'base64url', 'hex'] as const;
  const encoded = [encodeURIComponent(apiKey), ...encodings.map((name) => bytes.toString(name))];
  return encoded.reduce(
    (cleared, form) => cleared.replaceAll(form, '[key]'),
    text.replace(new RegExp(escaped, 'g'), '[key]'),
  );
}

/** The failure for an HTTP status with the server's message. */
export function statusFailure(
  status: number,
  server: { message: string; code: unknown; headers: Headers | undefined },
  context: ErrorContext,
): Failure {
  const { where, model } = context;
  const says = quoteServer(server.message, context);
  const fail = (code: string, message: string): AppError => new AppError(code, message);
  if (status === 401 || status === 403) {
    const what =
      context.apiKey === undefined
        ? `The model server at ${where} wants an API key (HTTP ${status})`
        : `The model server at ${where} did not accept the API key (HTTP ${status})`;
    return final(fail('model_auth', `${what}${says}. Run “Countersign: Set API Key…”.`));
  }
  if (status === 429) {
    const retryAfterMs = retryAfter(server.headers);
    const error = fail(
      'model_rate_limited',
      `The model server at ${where} limits requests for ${model} (HTTP 429)${says}. Wait and send the message again${retryAfterMs === undefined ? '' : `, in ${Math.ceil(retryAfterMs / 1000)} s`}.`,
    );
    // Waiting does not bring back a used-up quota.
    return { error, retry: server.code !== 'insufficient_quota', retryAfterMs };
  }
  if (status >= 500 || status === 408) {
    const error = fail(
      'model_unavailable',
      `The model server at ${where} failed (HTTP ${status})${says}. Send the message again later, or select another model.`,
    );
    return { error, retry: true, retryAfterMs: retryAfter(server.headers) };
  }
  if (status >= 300 && status < 400) {
    return final(
      fail(
        'model_rejected',
        `The model server at ${where} redirects to another address (HTTP ${status}). Set countersign.model.baseUrl to the final address.`,
      ),
    );
  }
  return final(
    fail(
      'model_rejected',
      `The model server at ${where} rejected the request for model ${model} (HTTP ${status})${says}. Check the model's name and countersign.model.baseUrl.`,
    ),
  );
}

/** The failure for an error that arrived inside the stream. */
export function streamedFailure(message: string, context: ErrorContext): Failure {
  const says = quoteServer(message, context);
  return final(
    new AppError(
      'model_unavailable',
      `The model server at ${context.where} reported an error while replying${says}. Send the message again.`,
    ),
  );
}

/** The failure for a server that cannot be reached; `cause` is looked through for a system error code. */
export function networkFailure(cause: unknown, context: ErrorContext): Failure {
  const code = systemCode(cause);
  const reason = code === undefined ? redact(deepestMessage(cause), context.apiKey) : explain(code);
  return {
    error: new AppError(
      'model_unreachable',
      `Cannot reach the model server at ${context.where}: ${reason}. Check that it is running and that countersign.model.baseUrl is right.`,
    ),
    retry: true,
  };
}

export function timeoutFailure(context: ErrorContext): Failure {
  return final(
    new AppError(
      'model_unreachable',
      `The model server at ${context.where} did not answer in time. Check that it is running, or select another model.`,
    ),
  );
}

/** The failure for a reply that ended, broke off or became unreadable before it was complete. */
export function cutOffFailure(what: string, context: ErrorContext, retry: boolean): Failure {
  return {
    error: new AppError(
      'model_cut_off',
      `The reply of ${context.model} from ${context.where} ${what}. Send the message again.`,
    ),
    retry,
  };
}

export function notAStreamFailure(contentType: string, context: ErrorContext): Failure {
  return final(
    new AppError(
      'model_rejected',
      `The server at ${context.where} answered with ${clip(redact(contentType, context.apiKey))} instead of a stream of events. Check that countersign.model.baseUrl points to an OpenAI-compatible endpoint; it usually ends in /v1.`,
    ),
  );
}

function final(error: AppError): Failure {
  return { error, retry: false };
}

function quoteServer(message: string, context: ErrorContext): string {
  // Cut before spaces are joined, so that nothing from the far end of a long body comes near.
  const text = clip(redact(message, context.apiKey)).replace(/\s+/g, ' ').trim();
  return text === '' ? '' : `: ${text.replace(/\.$/, '')}`;
}

function clip(text: string): string {
  const points = [...text];
  return points.length > LONGEST_QUOTE ? `${points.slice(0, LONGEST_QUOTE).join('')}…` : text;
}

/** Retry-After in milliseconds: seconds, a date, or the newer retry-after-ms. */
function retryAfter(headers: Headers | undefined): number | undefined {
  const ms = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const text = headers?.get('retry-after') ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

function explain(code: string): string {
  if (code === 'ECONNREFUSED') return 'nothing accepts connections there (ECONNREFUSED)';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `the host name cannot be resolved (${code})`;
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET')
    return `the connection was closed (${code})`;
  if (/CERT|SSL|TLS/.test(code)) return `its certificate cannot be trusted (${code})`;
  return code;
}

function systemCode(thrown: unknown): string | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string') return error.code;
  }
  return undefined;
}

function deepestMessage(thrown: unknown): string {
  let message = String(thrown);
  for (let error = thrown; error instanceof Error; error = error.cause) message = error.message;
  return clip(message);
}
