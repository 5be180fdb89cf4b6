// Shows what a command prints in a terminal that takes no input. It only looks: closing it stops nothing, and what the command
// prints goes through the filter of terminalText.ts.
import * as vscode from 'vscode';
import {
  callEndText,
  endText,
  stateText,
  terminalEnd,
  terminalHead,
  terminalName,
} from './commandText.ts';
import { follow } from './inbox/follow.ts';
import { createTerminalFilter } from './terminalText.ts';
import { AppError } from '../core/base/errors.ts';
import { DisposableStore, toDisposable, type Disposable } from '../core/base/lifecycle.ts';
import type { EngineEvent } from '../core/agent/events.ts';
import type { BackgroundRow } from '../core/ports/commandStore.ts';
import type { CallRow } from '../core/ports/store.ts';
import type { OpenedEngine } from '../core/services.ts';
import { t } from '../protocol/l10n.ts';
import type { Services } from './services.ts';

type CallKey = Pick<CallRow, 'turnId' | 'callId'>;

/** A command as a terminal shows it. */
interface Shown {
  key: string;
  command: string;
  cwd: string;
  /** Tells what was printed so far, then what comes, then how it ended. */
  watch(to: Watcher): Disposable;
}

interface Watcher {
  print(text: string): void;
  /** `short` is for the tab. */
  ended(text: string, short: string): void;
}

export interface CommandTerminals extends Disposable {
  /** Throws AppError `not_running` when there is nothing to show. */
  showCall(call: CallKey): Promise<void>;
  showBackground(row: BackgroundRow): Promise<void>;
}

export function createCommandTerminals(
  services: Pick<Services, 'engine' | 'logger'>,
): CommandTerminals {
  const open = new Map<string, vscode.Terminal>();
  const owned = new DisposableStore();
  owned.add(
    vscode.window.onDidCloseTerminal((closed) => {
      for (const [key, terminal] of open) if (terminal === closed) open.delete(key);
    }),
  );
  const show = (shown: Shown): void => {
    const terminal = open.get(shown.key) ?? createTerminal(shown);
    open.set(shown.key, terminal);
    terminal.show(true);
  };
  const showBackground = async (row: BackgroundRow): Promise<void> => {
    show(ofBackground(await services.engine(), row, services));
  };
  owned.add(
    toDisposable(() => {
      for (const terminal of open.values()) terminal.dispose();
    }),
  );
  return {
    showBackground,
    showCall: async (call) => {
      const opened = await services.engine();
      const all = (await opened.engine.background?.list()) ?? [];
      const row = all.find(
        ({ turnId, callId }) => turnId === call.turnId && callId === call.callId,
      );
      if (row) return showBackground(row);
      show(await ofCall(opened, call));
    },
    dispose: () => owned.dispose(),
  };
}

function createTerminal(shown: Shown): vscode.Terminal {
  const written = new vscode.EventEmitter<string>();
  const renamed = new vscode.EventEmitter<string>();
  const name = terminalName(shown.command);
  const owned = new DisposableStore();
  const pty: vscode.Pseudoterminal = {
    onDidWrite: written.event,
    onDidChangeName: renamed.event,
    open: () => {
      const filter = createTerminalFilter();
      written.fire(terminalHead(shown));
      owned.add(
        shown.watch({
          print: (text) => written.fire(filter.push(text)),
          ended: (text, short) => {
            written.fire(`${filter.end()}${terminalEnd(text)}`);
            renamed.fire(`${name} · ${short}`);
          },
        }),
      );
    },
    close: () => owned.dispose(),
  };
  owned.add(written);
  owned.add(renamed);
  const iconPath = new vscode.ThemeIcon('eye');
  return vscode.window.createTerminal({ name, pty, iconPath, isTransient: true });
}

/** A command that is part of its call, while it runs in this window. */
async function ofCall(
  { engine, store }: OpenedEngine,
  { turnId, callId }: CallKey,
): Promise<Shown> {
  const call = await store.getCall(turnId, callId);
  if (call?.state !== 'started' || call.proposal?.kind !== 'command') throw notRunning();
  if (!engine.isDriving(turnId)) throw runsElsewhere();
  const { command, cwd } = call.proposal;
  const watch = (to: Watcher): Disposable => {
    const before = engine.outputs.of(turnId, callId);
    let printed = 0;
    const print = (offset: number, text: string): void => {
      const fresh = text.slice(Math.max(0, printed - offset));
      printed = Math.max(printed, offset + text.length);
      if (fresh !== '') to.print(fresh);
    };
    if (before !== undefined) print(0, before);
    const listening = engine.onEvent((event) => {
      if (isOutputOf(event, { turnId, callId })) print(event.offset, event.delta);
      if (event.type !== 'call' || !isSame(event.call, { turnId, callId })) return;
      if (event.call.state === 'started') return;
      listening.dispose();
      const text = callEndText(event.call);
      to.ended(text, text);
    });
    // It may have ended while the terminal opened.
    store
      .getCall(turnId, callId)
      .then((now) => {
        if (now === undefined || now.state === 'started') return;
        listening.dispose();
        to.ended(callEndText(now), callEndText(now));
      })
      .catch(() => undefined);
    return listening;
  };
  return { key: `${turnId} ${callId}`, command, cwd, watch };
}

type Output = Extract<EngineEvent, { type: 'output' }>;

function isOutputOf(event: EngineEvent, call: CallKey): event is Output {
  return event.type === 'output' && isSame(event, call);
}

function isSame(a: CallKey, b: CallKey): boolean {
  return a.turnId === b.turnId && a.callId === b.callId;
}

/** One in the background, wherever it runs: each look prints what came since the last one. */
function ofBackground(
  { engine, store }: OpenedEngine,
  { id, command, cwd }: BackgroundRow,
  { logger }: Pick<Services, 'logger'>,
): Shown {
  const concerns = (event: EngineEvent): boolean =>
    (event.type === 'commandOutput' && event.commandId === id) ||
    (event.type === 'command' && event.command.id === id);
  const watch = (to: Watcher): Disposable => {
    let printed = 0;
    let over = false;
    const look = async (): Promise<void> => {
      if (over) return;
      // First the row: what was printed before the end is there with it.
      const row = await store.getBackground(id);
      const { from, text } = (await engine.background?.output(id)) ?? { from: 0, text: '' };
      if (from > printed)
        to.print(`[… ${t('{0} characters before this are not kept', from - printed)} …]\n`);
      const fresh = text.slice(Math.max(0, printed - from));
      printed = from + text.length;
      if (fresh !== '') to.print(fresh);
      if (row?.state === 'running') return;
      over = true;
      to.ended(row ? stateText(row) : t('its thread was deleted'), row ? endText(row) : t('over'));
    };
    return follow({ engine, store }, concerns, look, (error) => {
      logger.error('the output of a command could not be shown', error);
    });
  };
  return { key: id, command, cwd, watch };
}

function notRunning(): AppError {
  return new AppError(
    'not_running',
    t('This command does not run any more. What it printed stands in the chat.'),
  );
}

function runsElsewhere(): AppError {
  return new AppError(
    'not_running',
    t('Another window runs this command: show it in a terminal there.'),
  );
}
