// The settings of countersign.*, parsed: every key with its schema and default. A bad value is reported and the default holds.
import { z } from 'zod';
import { approvalSwitch, BypassUntil, switchNotices } from './approvalSwitch.ts';
import { Mode } from '../protocol/calls.ts';
import { SecretAction } from './screening/secretAction.ts';
import type { SettingsLayers } from './ports/settings.ts';

/** Where a value may come from: `application` and `machine` values are never taken from a workspace. */
type SettingScope = 'application' | 'machine' | 'resource';

interface SettingSpec<T> {
  schema: z.ZodType<T>;
  default: T;
  scope: SettingScope;
}

function setting<T>(schema: z.ZodType<T>, value: T, scope: SettingScope): SettingSpec<T> {
  return { schema, default: value, scope };
}

/** Empty: a model of VS Code if there is one, else the demo agent. */
const provider = z.enum(['', 'vscode', 'openai', 'scripted']);

/** All settings. `package.json` is checked against this table. */
export const SETTINGS = {
  'countersign.model.provider': setting(provider, '', 'application'),
  'countersign.model.id': setting(z.string(), '', 'application'),
  'countersign.model.baseUrl': setting(z.string(), '', 'application'),
  'countersign.model.contextWindow': setting(z.int().min(0), 0, 'application'),
  'countersign.model.imageInput': setting(z.enum(['auto', 'on', 'off']), 'auto', 'application'),
  'countersign.approval.mode': setting(Mode, 'default', 'resource'),
  'countersign.approval.enabled': setting(z.boolean(), true, 'application'),
  'countersign.approval.bypassUntil': setting(BypassUntil, '', 'application'),
  'countersign.approval.expiresAfter': setting(z.number().min(0), 0, 'application'),
  'countersign.agent.maxRunningTurns': setting(z.int().min(1), 4, 'application'),
  'countersign.thread.titles': setting(z.enum(['model', 'firstLine']), 'model', 'application'),
  // Safe, and never in the way of work: nothing that looks like a secret leaves, and the transcript shows what was sent.
  'countersign.screening.secrets': setting(SecretAction, 'redact', 'application'),
  'countersign.screening.moderation': setting(z.enum(['off', 'endpoint']), 'off', 'application'),
  'countersign.screening.moderationBaseUrl': setting(z.string(), '', 'application'),
  'countersign.screening.moderationModel': setting(z.string(), '', 'application'),
  'countersign.notify.whenWaiting': setting(
    z.enum(['off', 'unfocused', 'always']),
    'unfocused',
    'application',
  ),
  'countersign.notify.sound': setting(z.boolean(), false, 'application'),
  'countersign.storage.path': setting(z.string(), '', 'machine'),
} as const;

type SettingKey = keyof typeof SETTINGS;
type SettingValue<K extends SettingKey> = (typeof SETTINGS)[K]['default'];

/** Lists of rules are parsed by core/policy/rules.ts; here are only their keys. */
export const RULE_KEYS = {
  allow: 'countersign.approval.allow',
  ask: 'countersign.approval.ask',
  deny: 'countersign.approval.deny',
} as const;

export interface ParsedSettings {
  values: { [K in SettingKey]: SettingValue<K> };
  /** What was wrong (key, layer, value and what is allowed) and what the user must know of as long as it is so. */
  problems: string[];
}

/**
 * Total: a value that does not fit is named in `problems`, and the next layer or the default counts. `now` in ms since the epoch;
 * without it mode bypass is over.
 */
export function parseSettings(layers: SettingsLayers, now?: number): ParsedSettings {
  const switched = approvalSwitch(layers, now);
  const bypassCounts = switched.bypass?.counts === true;
  const problems = unknownKeys(layers);
  const read = <K extends SettingKey>(key: K): SettingValue<K> => {
    const spec: SettingSpec<SettingValue<K>> = SETTINGS[key];
    const workspaceCounts = spec.scope === 'resource';
    for (const layer of workspaceCounts ? (['workspace', 'user'] as const) : (['user'] as const)) {
      const raw = layers[layer][key];
      if (raw === undefined) continue;
      const parsed = spec.schema.safeParse(raw);
      if (parsed.success) return parsed.data;
      const what = parsed.error.issues.map((issue) => issue.message).join('; ');
      problems.push(`${key} in ${layer} settings does not count: ${what}.`);
    }
    return spec.default;
  };
  return {
    values: {
      'countersign.model.provider': read('countersign.model.provider'),
      'countersign.model.id': read('countersign.model.id'),
      'countersign.model.baseUrl': read('countersign.model.baseUrl'),
      'countersign.model.contextWindow': read('countersign.model.contextWindow'),
      'countersign.model.imageInput': read('countersign.model.imageInput'),
      'countersign.approval.mode': tightest(
        read('countersign.approval.mode'),
        layers,
        bypassCounts,
      ),
      'countersign.approval.enabled': read('countersign.approval.enabled'),
      'countersign.approval.bypassUntil': read('countersign.approval.bypassUntil'),
      'countersign.approval.expiresAfter': read('countersign.approval.expiresAfter'),
      'countersign.agent.maxRunningTurns': read('countersign.agent.maxRunningTurns'),
      'countersign.thread.titles': read('countersign.thread.titles'),
      'countersign.screening.secrets': read('countersign.screening.secrets'),
      'countersign.screening.moderation': read('countersign.screening.moderation'),
      'countersign.screening.moderationBaseUrl': read('countersign.screening.moderationBaseUrl'),
      'countersign.screening.moderationModel': read('countersign.screening.moderationModel'),
      'countersign.notify.whenWaiting': read('countersign.notify.whenWaiting'),
      'countersign.notify.sound': read('countersign.notify.sound'),
      'countersign.storage.path': read('countersign.storage.path'),
    },
    problems: [...problems, ...inVain(layers, bypassCounts), ...switchNotices(switched)],
  };
}

function inForce(mode: Mode, bypassCounts: boolean): Mode {
  return mode === 'bypass' && !bypassCounts ? 'default' : mode;
}

/** What the workspace tries to set and cannot, in one sentence: VS Code hands on some values that it should not. */
function inVain(layers: SettingsLayers, bypassCounts: boolean): string[] {
  const { workspace } = layers;
  const kept = Object.entries(SETTINGS).filter(([, spec]) => spec.scope !== 'resource');
  const keys = kept.map(([key]) => key).filter((key) => workspace[key] !== undefined);
  const mode = Mode.safeParse(workspace[MODE]);
  if (mode.success && tightest(mode.data, layers, bypassCounts) !== mode.data) keys.push(MODE);
  if (keys.length === 0) return [];
  return [
    `What the workspace’s settings say of ${keys.join(', ')} does not count: a workspace can only make approvals stricter.`,
  ];
}

/** A misspelt key would be ignored in silence, a deny list among them. Keys of others are their business. */
function unknownKeys(layers: SettingsLayers): string[] {
  const known = new Set<string>([...Object.keys(SETTINGS), ...Object.values(RULE_KEYS)]);
  return (['user', 'workspace'] as const).flatMap((layer) =>
    Object.keys(layers[layer])
      .filter((key) => key.startsWith('countersign.') && !known.has(key))
      .map((key) => `${key} in ${layer} settings is no setting of Countersign; it does nothing.`),
  );
}

const MODE = 'countersign.approval.mode';

/** Strictest first. A workspace may only tighten the user's mode, and `bypass` is the user's alone. */
const STRICTNESS: readonly Mode[] = ['plan', 'dontAsk', 'default', 'acceptEdits', 'bypass'];

/** The strictest of those values that are modes. */
export function strictestMode(values: readonly unknown[]): Mode | undefined {
  return STRICTNESS.find((mode) => values.includes(mode));
}

/** What is over counts as what holds in its place, before it is compared: a workspace loosens no bypass that ended. */
function tightest(read: Mode, layers: SettingsLayers, bypassCounts: boolean): Mode {
  const user = Mode.safeParse(layers.user['countersign.approval.mode']);
  const base = user.success ? user.data : SETTINGS['countersign.approval.mode'].default;
  const [mode, own] = [inForce(read, bypassCounts), inForce(base, bypassCounts)];
  return STRICTNESS.indexOf(mode) < STRICTNESS.indexOf(own) ? mode : own;
}
