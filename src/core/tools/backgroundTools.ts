// read_command_output and stop_command: what the agent may do with a command that it runs in the background. Both know only
// commands of their own thread.
import { z } from 'zod';
import { text } from './args.ts';
import { backgroundText } from './commandResult.ts';
import { defineTool, type DescribeContext, type Described, type PerformContext } from './tool.ts';
import type { BackgroundOutput, BackgroundRow } from '../ports/commandStore.ts';
import type { Commands } from '../ports/commands.ts';
import type { Performed, Tool } from './tool.ts';

/** Most characters of output in one result. */
const MAX_SHOWN = 30_000;
const MAX_WAIT_MS = 60_000;

const id = text().min(1).max(200).describe('The id that run_command gave.');

export const readCommandOutput: Tool = defineTool({
  name: 'read_command_output',
  group: 'running',
  description:
    'Returns what a background command printed since you read it last, and whether it still runs or how it ended. ' +
    'Use wait_ms instead of asking again and again.',
  schema: z.strictObject({
    id,
    offset: z
      .int()
      .min(0)
      .optional()
      .describe('Character to read from, to read something again. Default: what is new.'),
    wait_ms: z
      .int()
      .min(0)
      .max(MAX_WAIT_MS)
      .optional()
      .describe(
        `Milliseconds to wait for new output or the end. Default 0, at most ${MAX_WAIT_MS}.`,
      ),
  }),
  describe: (args, context) => describeRunning('read', args.id, context),
  perform: async (_proposal, args, context) => {
    const own = await ownCommand(args.id, context);
    if (!own.ok) return own.refusal;
    const { commands, row } = own;
    const after = args.offset ?? row.readTo;
    const wait = { after, ms: args.wait_ms ?? 0, signal: context.signal };
    const found = await commands.read(args.id, wait);
    if (!found) return notKnown(args.id);
    const shown = shownPart(found.output, after, args.offset !== undefined);
    await commands.readTo(args.id, shown.to);
    return { outcome: 'ok', text: `${backgroundText(found.row)}\n${shown.text}` };
  },
});

export const stopCommand: Tool = defineTool({
  name: 'stop_command',
  group: 'running',
  description: 'Stops a background command, with everything that it started.',
  schema: z.strictObject({ id }),
  describe: (args, context) => describeRunning('stop', args.id, context),
  perform: async (_proposal, args, context) => {
    const own = await ownCommand(args.id, context);
    if (!own.ok) return own.refusal;
    const stopped = await own.commands.stop(args.id, 'the agent');
    const row = (await own.commands.find(args.id)) ?? own.row;
    const note = stopped ? '' : 'It was over already. ';
    return { outcome: 'ok', text: `${note}${backgroundText(row)}` };
  },
});

async function describeRunning(
  op: 'read' | 'stop',
  commandId: string,
  { commands }: DescribeContext,
): Promise<Described> {
  if (!commands) return { ok: false, message: NOT_HERE };
  const row = await commands.find(commandId);
  if (!row) return { ok: false, message: notKnown(commandId).text };
  const tool = op === 'read' ? 'read_command_output' : 'stop_command';
  return {
    ok: true,
    proposal: { kind: 'running', op, id: commandId, command: row.command },
    subject: { group: 'running', tool, op },
  };
}

const NOT_HERE =
  'There are no background commands here: this process ends with the turn. Open the thread in VS Code for them.';

type Own = { ok: true; commands: Commands; row: BackgroundRow } | { ok: false; refusal: Performed };

async function ownCommand(commandId: string, { commands, at }: PerformContext): Promise<Own> {
  if (!commands) return { ok: false, refusal: { outcome: 'error', text: NOT_HERE } };
  const row = await commands.find(commandId);
  // That of another thread is none of this one's business.
  if (row?.threadId !== at.threadId) return { ok: false, refusal: notKnown(commandId) };
  return { ok: true, commands, row };
}

function notKnown(commandId: string): Performed {
  const name = JSON.stringify(commandId.slice(0, 100));
  return { outcome: 'error', text: `There is no background command ${name} in this thread.` };
}

/** From `after` on: the newest part when it is too long, or the first part for who asked for a place. */
export function shownPart(
  { from, text: kept }: BackgroundOutput,
  after: number,
  asked: boolean,
): { text: string; to: number } {
  const end = from + kept.length;
  const first = Math.max(from, after);
  const start = asked ? first : Math.max(first, end - MAX_SHOWN);
  const to = Math.max(start, Math.min(end, start + MAX_SHOWN));
  const shown = kept.slice(start - from, to - from);
  const lost = Math.min(first, end) - after;
  const notes = [
    ...(lost > 0 ? [`[… ${lost} characters before this are not kept …]`] : []),
    ...(start > first
      ? [`[… ${start - first} characters before this; offset ${first} reads them …]`]
      : []),
  ];
  const rest = to < end ? [`[… ${end - to} characters follow; offset ${to} reads them …]`] : [];
  const body = shown === '' ? '[no new output]' : shown;
  return { text: [...notes, body, ...rest].join('\n'), to };
}
