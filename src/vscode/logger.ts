// The log: an output channel that shows every byte and no invisible one.
import * as vscode from 'vscode';
import { displayBytes } from '../protocol/displayBytes.ts';
import type { Logger } from '../core/ports/system.ts';

export interface ChannelLogger extends Logger {
  show(): void;
  dispose(): void;
}

export function createLogger(): ChannelLogger {
  const channel = vscode.window.createOutputChannel('Countersign', { log: true });
  const shown = (text: string): string => displayBytes(text, true);
  return {
    debug: (text) => channel.debug(shown(text)),
    info: (text) => channel.info(shown(text)),
    warn: (text) => channel.warn(shown(text)),
    error: (text, error) => {
      const detail = error instanceof Error ? `: ${error.stack ?? error.message}` : '';
      channel.error(shown(`${text}${detail}`));
    },
    show: () => channel.show(),
    dispose: () => channel.dispose(),
  };
}
