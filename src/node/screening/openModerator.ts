// The moderation endpoint of the user's settings, with the key that belongs to it.
import { createModerator, sameServer } from './moderation.ts';
import { endpointOf } from '../models/endpoint.ts';
import { parseSettings } from '../../core/settings.ts';
import type { Redactor } from '../../core/agent/redactor.ts';
import type { Moderator } from '../../core/ports/moderator.ts';
import type { OpenEngineOptions } from '../../core/services.ts';

/** The name of its key among the secrets. */
const KEY = 'moderation';

export function openModerator(
  { settings, secrets, logger }: Pick<OpenEngineOptions, 'settings' | 'secrets' | 'logger'>,
  redactor: Redactor,
): Moderator {
  const values = (): ReturnType<typeof parseSettings>['values'] =>
    parseSettings(settings.read()).values;
  const ownKey = async (): Promise<string | undefined> => {
    const own = await secrets.get(KEY);
    redactor.add(own);
    return own;
  };
  // An approved call may run before anything is moderated.
  ownKey().catch((error: unknown) => logger.error('The moderation key cannot be read', error));
  const apiKey = async (baseUrl: string): Promise<string | undefined> => {
    const own = await ownKey();
    if (own !== undefined && own.trim() !== '') return own;
    const model = endpointOf(values()['countersign.model.baseUrl']);
    // The model's key is for the model's server.
    return model !== undefined && sameServer(model, baseUrl) ? secrets.get('openai') : undefined;
  };
  return createModerator({
    settings: () => {
      const all = values();
      return {
        on: all['countersign.screening.moderation'] === 'endpoint',
        baseUrl: all['countersign.screening.moderationBaseUrl'],
        model: all['countersign.screening.moderationModel'],
      };
    },
    apiKey,
    logger,
  });
}
