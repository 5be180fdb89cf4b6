// One error shape for every edge: a stable code, who should see it, and a text that says what, where and what to do.

type Audience = 'user' | 'log';

export class AppError extends Error {
  readonly code: string;
  readonly audience: Audience;
  /** The calls this error is about, when it is about some. */
  readonly callIds: readonly string[];

  constructor(code: string, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.audience = options.audience ?? 'user';
    this.callIds = options.callIds ?? [];
  }
}

interface AppErrorOptions {
  audience?: Audience;
  callIds?: readonly string[];
  cause?: unknown;
}

/** Turns anything that was thrown into an AppError; unknown things become code `internal`, for the log. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError('internal', message, { audience: 'log', cause: thrown });
}

/** True for the error of an aborted operation, whoever made it. */
export function isAbort(thrown: unknown): boolean {
  return (
    thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'APIUserAbortError')
  );
}
