// The command line: finds the command, runs it, and turns every failure into one clear line and an exit status.
import { listGrants, resetGrants, revokeGrant } from './grantsCommands.ts';
import { exportLedger, verifyLedger } from './ledgerCommands.ts';
import { checkPolicy } from './policyCommand.ts';
import { listPending, listThreads, showThread } from './readCommands.ts';
import { continueTurn, decideAction, runTurn, undoTurn } from './turnCommands.ts';
import { parseOptions, USAGE, UsageError, type CliOptions } from './options.ts';
import { createPrint, EXIT, printFailure } from './print.ts';
import { toAppError } from '../../core/base/errors.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import type { CliContext } from './open.ts';

interface Command {
  options: Parameters<typeof parseOptions>[1];
  run(context: CliContext, options: CliOptions): Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    options: ['workspace', 'state', 'model', 'settings', 'thread', 'when-busy', 'no-pause'],
    run: runTurn,
  },
  pending: { options: ['state'], run: listPending },
  decide: {
    options: ['workspace', 'state', 'decisions', 'settings', 'no-pause'],
    run: decideAction,
  },
  continue: { options: ['workspace', 'state', 'settings', 'drift', 'no-pause'], run: continueTurn },
  undo: { options: ['workspace', 'state', 'settings'], run: undoTurn },
  threads: { options: ['state'], run: listThreads },
  show: { options: ['state'], run: showThread },
  'grants list': { options: ['state'], run: listGrants },
  'grants revoke': { options: ['state'], run: revokeGrant },
  'grants reset': { options: ['state'], run: resetGrants },
  'ledger export': { options: ['state'], run: exportLedger },
  'ledger verify': { options: ['state'], run: verifyLedger },
  'policy check': { options: ['workspace', 'cases', 'settings'], run: checkPolicy },
};

/** First words of commands of two words. */
const GROUPS: readonly string[] = ['policy', 'ledger', 'grants'];

/** Returns the exit status; never rejects. */
export async function runCli(argv: readonly string[], context: CliContext): Promise<number> {
  const json = argv.includes('--json');
  try {
    const [first, second] = argv;
    if (first === undefined || first === '--help' || first === 'help') {
      process.stdout.write(USAGE);
      return first === undefined ? EXIT.usage : EXIT.finished;
    }
    const words = GROUPS.includes(first) ? 2 : 1;
    const name = words === 2 ? `${first} ${second ?? ''}` : first;
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) throw new UsageError(`There is no command “${name.trim()}”.`);
    return await command.run(context, parseOptions(argv.slice(words), command.options));
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${displayBytes(error.message, true)}\n\n${USAGE}`);
      return EXIT.usage;
    }
    const failure = toAppError(error);
    return printFailure(createPrint(json), failure.code, failure.message);
  }
}
