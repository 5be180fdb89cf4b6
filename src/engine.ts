// The engine bundle: everything that is heavy, loaded on first use by the extension and by the command line.
import './node/quietTracing.ts';

export { openEngine } from './node/openEngine.ts';
export { createPolicyDesk } from './node/policyDesk.ts';
export { runCli } from './node/cli/runCli.ts';
