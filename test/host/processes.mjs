// Finds the extension hosts that a VS Code server has started.
import { readdirSync, readFileSync } from 'node:fs';
import { run } from './process.mjs';

/**
 * @param {number} server process id of the server
 * @returns {Promise<number[]>} oldest first
 */
export async function extensionHosts(server) {
  const all = process.platform === 'linux' ? fromProc() : await fromPs();
  return all
    .filter(({ parent, args }) => parent === server && args.includes('--type=extensionHost'))
    .map(({ pid }) => pid)
    .sort((a, b) => a - b);
}

/** @typedef {{ pid: number, parent: number, args: string }} Listed */

/** @returns {Listed[]} */
function fromProc() {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((name) => {
    try {
      const args = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      // The name in brackets may hold spaces: the parent is the second field after the last bracket.
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return [{ pid: Number(name), parent, args }];
    } catch {
      return []; // ended meanwhile
    }
  });
}

/** @returns {Promise<Listed[]>} */
async function fromPs() {
  const { stdout } = await run(['ps', '-axo', 'pid=,ppid=,command=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return args === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), args }];
  });
}
