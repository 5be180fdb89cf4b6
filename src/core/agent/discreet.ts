// The log is a file. What a temporary thread says must not be in it: there, only that something failed is told.
import { AppError } from '../base/errors.ts';
import { isTemporary } from '../../protocol/temporary.ts';
import type { Logger } from '../ports/system.ts';

/** `deps` for work on the thread, turn or action `id`: with a log that leaves out the text of errors if that is temporary. */
export function discreetFor<D extends { logger: Logger }>(deps: D, id: string): D {
  return isTemporary(id) ? { ...deps, logger: discreet(deps.logger) } : deps;
}

/** The message of a failed turn, for the log. */
export function loggedFailure({ code, message }: AppError, turnId: string): string {
  return isTemporary(turnId) ? code : message;
}

/** Says which error it was, without its message, which may quote the conversation. */
function discreet(logger: Logger): Logger {
  return {
    ...logger,
    error: (text, error) =>
      logger.error(error instanceof AppError ? `${text}: ${error.code}` : text),
  };
}
