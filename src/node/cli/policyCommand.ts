// `policy check`: one verdict a line, in order, for every line, whatever is in it.
import { assetsOf } from '../assets.ts';
import { fileSettings, type CliContext } from './open.ts';
import { readInput, UsageError, workspaceDir, type CliOptions } from './options.ts';
import { createPrint } from './print.ts';
import { compileGlob } from '../globs.ts';
import { checkPolicyLine } from '../policyCheck.ts';
import { createShellParser } from '../shell/parser.ts';
import { rulesOfSettings } from '../../core/policy/layers.ts';
import { checkShellSamples } from '../../core/policy/ruleSamples.ts';

export async function checkPolicy(context: CliContext, options: CliOptions): Promise<number> {
  if (options.words.length > 0) throw new UsageError('policy check takes no further words.');
  const workspace = workspaceDir(options.need('workspace'));
  const lines = readInput(options.need('cases'), 'The cases file').split('\n');
  if (lines.at(-1) === '') lines.pop();
  const { wasmDir } = assetsOf(context.distDir);
  const settings = fileSettings(options.get('settings'));
  const now = Date.now();
  const parser = createShellParser(wasmDir);
  const shell = process.platform === 'win32' ? 'powershell' : 'bash';
  const rules = await checkShellSamples(
    rulesOfSettings(settings.read(), compileGlob, now),
    parser,
    shell,
  );
  const check = { workspace, parser, rules, now };
  // Always JSON: the answers are for programs, whether --json was given or not.
  const print = createPrint(true);
  for (const [index, line] of lines.entries()) {
    print({ ...(await checkPolicyLine(line, index + 1, check)) }, '');
  }
  return 0;
}
