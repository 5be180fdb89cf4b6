// A process of its own that has a state file open as on a network drive: `oneWindowWorker.ts FILE`. Writes a turn, says
// `open`, and closes the file when its stdin ends.
import { once } from 'node:events';
import { seed } from '../../../contract/storeFixtures.ts';
import { open } from './support.ts';

const [, , file = ''] = process.argv;
const { store } = await open(file, { probeWal: () => false });
await seed(store);
process.stdout.write('open\n');
process.stdin.resume();
await once(process.stdin, 'end');
store.dispose();
