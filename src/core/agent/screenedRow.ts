// What a planned call already has for the model, without secrets: why it cannot be done may quote the file it is about, and a
// hook may have written anything into its arguments.
import { createResultScreen } from '../screening/screenResults.ts';
import type { EngineDeps } from './deps.ts';
import type { PlannedCall } from '../ports/store.ts';

export async function screenedRow(
  deps: Pick<EngineDeps, 'redactor' | 'secretScanner' | 'logger'>,
  row: PlannedCall,
): Promise<PlannedCall> {
  const { result, hook } = row;
  const clear = async (text: string): Promise<string> =>
    (await createResultScreen(deps).result({ text: deps.redactor.text(text) })).text;
  return {
    ...row,
    ...(result !== null && { result: await clear(result) }),
    ...(hook?.told !== undefined && { hook: { ...hook, told: await clear(hook.told) } }),
  };
}
