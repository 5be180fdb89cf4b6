// A process of its own that claims every action it is told of: `claimWorker.ts FILE NAME`. Says `ready`, starts at
// the first byte on stdin, and prints the ids it won as one JSON line.
import { once } from 'node:events';
import { open } from './support.ts';

const [, , file = '', name = ''] = process.argv;
const { store } = await open(file);
const actions = await store.openActions();
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const won: string[] = [];
for (const { id } of actions) {
  const move = { actionId: id, decisions: {}, decidedBy: name, at: 1 };
  const outcome = await store.claimAction(move);
  if (outcome.kind === 'claimed') won.push(id);
}
process.stdout.write(`${JSON.stringify(won)}\n`);
store.dispose();
process.stdin.destroy();
