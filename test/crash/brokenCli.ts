// The command line with its journal broken: it forgets that a call was started. Only proves that the harness can fail.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as engine from '../../src/engine.ts';
import { crashAt } from '../../src/node/cli/crashAt.ts';
import type { CallRow, Store } from '../../src/core/ports/store.ts';

const DIST = path.resolve(import.meta.dirname, '../../dist');

function forgetful(store: Store): Store {
  const forget = (row: CallRow): CallRow =>
    row.state === 'started' ? { ...row, state: 'planned', startedAt: null } : row;
  return {
    ...store,
    getCall: async (...key) => {
      const row = await store.getCall(...key);
      return row && forget(row);
    },
    callsOfTurn: async (turnId) => (await store.callsOfTurn(turnId)).map(forget),
    startCall: async (move) => {
      await store.unstartCall(move.turnId, move.callId);
      return store.startCall(move);
    },
  };
}

const decorateStore = (store: Store): Store => crashAt(process.env)(forgetful(store));
// The bundle, as in dist/cli.js: starting from source takes several times as long.
const built = (await import(pathToFileURL(path.join(DIST, 'engine.js')).href)) as typeof engine;
process.exitCode = await built.runCli(process.argv.slice(2), { distDir: DIST, decorateStore });
