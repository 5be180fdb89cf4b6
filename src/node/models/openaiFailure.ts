// Sorts whatever a request threw (the SDK's errors, fetch's, our own) into a failure that can be shown.
import { NotAStreamError } from './openaiClient.ts';
import {
  cutOffFailure,
  networkFailure,
  notAStreamFailure,
  redact,
  statusFailure,
  streamedFailure,
  timeoutFailure,
  type ErrorContext,
  type Failure,
} from './openaiErrors.ts';
import { AppError } from '../../core/base/errors.ts';

/** A failure on its way to the retry loop. */
export class RequestFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.error.message);
    this.failure = failure;
  }
}

/** Never throws; nothing of `thrown` but cleared texts is in the result. */
export async function toFailure(thrown: unknown, context: ErrorContext): Promise<Failure> {
  if (thrown instanceof RequestFailure) return thrown.failure;
  if (thrown instanceof AppError) return { error: thrown, retry: false };
  const { APIError, APIConnectionError, APIConnectionTimeoutError } = await import('openai');
  if (thrown instanceof APIConnectionTimeoutError) return timeoutFailure(context);
  if (thrown instanceof APIConnectionError) {
    const cause: unknown = thrown.cause;
    return cause instanceof NotAStreamError
      ? notAStreamFailure(cause.contentType, context)
      : networkFailure(cause, context);
  }
  if (thrown instanceof APIError) return apiFailure(thrown, context);
  if (thrown instanceof SyntaxError) {
    return cutOffFailure('held a piece that is not valid JSON', context, false);
  }
  // fetch says this when the connection breaks inside the body.
  if (thrown instanceof TypeError && thrown.message === 'terminated') {
    return cutOffFailure('broke off: the connection was lost', context, true);
  }
  const message = redact(thrown instanceof Error ? thrown.message : String(thrown), context.apiKey);
  return { error: new AppError('internal', message, { audience: 'log' }), retry: false };
}

function apiFailure(
  thrown: { status: unknown; code?: unknown; message: string; error: unknown; headers: unknown },
  context: ErrorContext,
): Failure {
  const headers = thrown.headers instanceof Headers ? thrown.headers : undefined;
  const { code } = thrown;
  const message = serverMessage(thrown);
  if (typeof thrown.status === 'number') {
    return statusFailure(thrown.status, { message, code, headers }, context);
  }
  // An error inside the stream; some servers give the HTTP status it would have had as its code.
  return typeof code === 'number' && code >= 400
    ? statusFailure(code, { message, code, headers }, context)
    : streamedFailure(message, context);
}

function serverMessage(thrown: { message: string; error: unknown }): string {
  const { error } = thrown;
  if (typeof error === 'string') return error;
  if (typeof error === 'object' && error !== null && 'message' in error) {
    return typeof error.message === 'string' ? error.message : JSON.stringify(error.message);
  }
  return thrown.message;
}
