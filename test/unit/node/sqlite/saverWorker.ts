// Puts checkpoints of a growing thread until it is killed, and says on standard output what is committed.
// node saverWorker.ts STATE-FILE
import { open } from './support.ts';
import { messages, putValues, threadConfig } from './saverSupport.ts';
import type { TurnCheckpointer } from '../../../../src/node/sqlite/checkpointer.ts';

const [file = ''] = process.argv.slice(2);
const { checkpointer } = await open(file);
const saver = checkpointer as TurnCheckpointer;
const known = (await saver.getTuple(threadConfig()))?.checkpoint.channel_values;
const before = (known?.['messages'] ?? []) as unknown[];
let at = threadConfig();
for (let n = before.length + 1; ; n += 1) {
  at = await putValues(saver, at, { messages: messages(n), n });
  process.stdout.write(`${n}\n`);
  await saver.putWrites(at, [['messages', messages(1, n)]], 'task');
}
