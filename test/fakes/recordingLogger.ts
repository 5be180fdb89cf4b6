// A logger that keeps every line as text, with what an error would print, for looking through.
import { inspect } from 'node:util';
import type { Logger } from '../../src/core/ports/system.ts';

export interface RecordingLogger extends Logger {
  /** `level message`, errors printed to any depth. */
  readonly lines: string[];
}

export function recordingLogger(): RecordingLogger {
  const lines: string[] = [];
  return {
    lines,
    debug: (message) => lines.push(`debug ${message}`),
    info: (message) => lines.push(`info ${message}`),
    warn: (message) => lines.push(`warn ${message}`),
    error: (message, error) =>
      lines.push(`error ${message} ${inspect(error, { depth: null, showHidden: true })}`),
  };
}
