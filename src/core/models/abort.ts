// Cancellation for the model providers: whatever a signal was aborted with, the caller sees one AbortError.

/** Throws an AbortError if the signal is aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError();
}

/** The promise's outcome, or an AbortError as soon as the signal is aborted. */
export async function untilAborted<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(abortError());
  });
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function abortError(): Error {
  const error = new Error('The request to the model was stopped.');
  error.name = 'AbortError';
  return error;
}
