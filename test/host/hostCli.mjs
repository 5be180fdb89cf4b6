// npm run host: only the VS Code host, for tools that drive it themselves. Stays until stopped.
import { build } from './build.mjs';
import { startHost } from './host.mjs';
import { parseOptions, usageError } from './options.mjs';
import { runMain, say, stopRequested } from './process.mjs';
import { ensureDependencies } from './setup.mjs';

const USAGE = `Usage: npm run host -- --workspace DIR [--vsix FILE] [--json]

  --workspace DIR  folder to open
  --vsix FILE      install this packaged extension instead of loading the repository's
  --data DIR       keep VS Code's data there instead of in a temporary folder
  --port N         default: a free one
  --trust          leave workspace trust in force
  --json           print one JSON line on stdout: url, pid, logs, data`;

await runMain(async () => {
  const values = parseOptions(USAGE, {
    workspace: { type: 'string' },
    vsix: { type: 'string' },
    data: { type: 'string' },
    port: { type: 'string' },
    trust: { type: 'boolean' },
    json: { type: 'boolean' },
  });
  if (!values.workspace) return usageError(USAGE, '--workspace is missing.');
  await ensureDependencies();
  if (!values.vsix) await build();
  const host = await startHost({
    workspace: values.workspace,
    port: Number(values.port ?? 0),
    ...(values.vsix ? { vsix: values.vsix } : {}),
    ...(values.data ? { userDataDir: values.data } : {}),
    ...(values.trust ? { trust: true } : {}),
  });
  const { url, pid, logs, data } = host;
  if (values.json) process.stdout.write(`${JSON.stringify({ url, pid, logs, data })}\n`);
  else process.stdout.write(`${url}\n`);
  say('Stop with Ctrl+C.');
  await stopRequested(host.ended);
  await host.stop();
});
