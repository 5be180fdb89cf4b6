// Starts Node on TypeScript files. Newer versions of Node run them as they are; older ones need a flag or cannot.
import { spawnSync } from 'node:child_process';

const [major, minor] = process.versions.node.split('.').map(Number);
const since = (wantedMajor, wantedMinor) =>
  major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);

const runsTypeScript = since(23, 6) || (major === 22 && minor >= 18);
if (!runsTypeScript && !since(22, 6)) {
  console.error(`This project needs Node 22.6 or newer to run TypeScript; this is Node ${process.versions.node}.`);
  process.exit(1);
}

const flags = runsTypeScript ? [] : ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
const args = process.argv.slice(2);
if (args[0] === '--test') flags.push('--test-reporter=spec');
const { status } = spawnSync(process.execPath, [...flags, ...args], { stdio: 'inherit' });
process.exit(status ?? 1);
