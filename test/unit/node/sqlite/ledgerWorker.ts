// A process of its own that appends to the ledger: `ledgerWorker.ts FILE NAME COUNT`. Says `ready`, starts at the first
// byte on stdin.
import { once } from 'node:events';
import { callUnstarted } from '../../../../src/core/ledger/entries.ts';
import { open } from './support.ts';

const [, , file = '', name = '', count = ''] = process.argv;
const { store } = await open(file);
const place = { host: name, pid: process.pid, user: null };
process.stdout.write('ready\n');
await once(process.stdin, 'data');
for (let n = 0; n < Number(count); n += 1) {
  const call = (part: string) => ({ turnId: name, callId: `${n}${part}` });
  await store.appendLedger([
    callUnstarted(call('a'), n, place),
    callUnstarted(call('b'), n, place),
  ]);
}
store.dispose();
process.stdin.destroy();
