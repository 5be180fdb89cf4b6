// An OpenAI-compatible `/moderations` endpoint: one POST for some texts, no redirects, bounded in size and time. Whatever is not
// an answer to exactly these texts is a failure. The key leaves this file only in the request's header.
import { z } from 'zod';
import { AppError } from '../../core/base/errors.ts';
import { parseJson } from '../../core/base/json.ts';
import { parseEndpoint, type Endpoint } from '../models/endpoint.ts';
import type { Moderator } from '../../core/ports/moderator.ts';
import type { Logger } from '../../core/ports/system.ts';

export interface ModerationSettings {
  on: boolean;
  /** Empty: OpenAI's own endpoint. */
  baseUrl: string;
  /** Empty: the endpoint takes its own. */
  model: string;
}

interface ModerationOptions {
  settings(): ModerationSettings;
  /** The key for requests to this base URL, read anew for every check. */
  apiKey(baseUrl: string): Promise<string | undefined>;
  logger: Logger;
  /** For each request as a whole, in milliseconds. Default 15 seconds. */
  timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
/** In UTF-16 units: what every such model takes at once, also of a language of many tokens. */
const PIECE = 10_000;
/** What stands across the end of a piece is seen whole in the next one. */
const OVERLAP = 500;
const PIECES_A_REQUEST = 16;
const MAX_PIECES = 64;

const Answer = z.object({
  results: z.array(
    z.object({
      flagged: z.boolean(),
      categories: z.record(z.string(), z.boolean().nullish()).nullish(),
    }),
  ),
});

export const MODERATION_URL = 'countersign.screening.moderationBaseUrl';

export function createModerator(options: ModerationOptions): Moderator {
  const warned = new Set<string>();
  return {
    on: () => options.settings().on,
    check: async (texts) => {
      const { baseUrl, model } = options.settings();
      const endpoint = parse(baseUrl);
      warnOnce(endpoint, warned, options.logger);
      const pieces = texts.flatMap((text, of) => piecesOf(text).map((piece) => ({ of, piece })));
      if (pieces.length > MAX_PIECES) throw failed('it is too long to be checked.');
      const apiKey = usable(await options.apiKey(endpoint.baseUrl));
      const flagged = texts.map(() => new Set<string>());
      for (let from = 0; from < pieces.length; from += PIECES_A_REQUEST) {
        const some = pieces.slice(from, from + PIECES_A_REQUEST);
        const input = some.map(({ piece }) => piece);
        const body = { input, ...(model.trim() !== '' && { model: model.trim() }) };
        const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
        const results = await ask({ endpoint, apiKey, timeoutMs }, body);
        some.forEach(({ of }, at) => {
          for (const category of results[at] ?? []) flagged[of]?.add(category);
        });
      }
      return flagged.map((categories) => [...categories]);
    },
  };
}

/** Whether two base URLs are the same server, so that the key of one is the key of the other. */
export function sameServer(one: string, other: string): boolean {
  const [a, b] = [URL.parse(one), URL.parse(other)];
  return a !== null && b !== null && a.origin !== 'null' && a.origin === b.origin;
}

function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let from = 0; ; from += PIECE - OVERLAP) {
    pieces.push(text.slice(from, from + PIECE));
    if (from + PIECE >= text.length) return pieces;
  }
}

/** Categories of each input, in order. */
async function ask(
  to: { endpoint: Endpoint; apiKey: string | undefined; timeoutMs: number },
  body: { input: string[] },
): Promise<string[][]> {
  const { endpoint, apiKey, timeoutMs } = to;
  const { shown } = endpoint;
  const headers = new Headers({
    accept: 'application/json',
    'content-type': 'application/json',
    'user-agent': 'countersign',
  });
  if (apiKey !== undefined) headers.set('authorization', `Bearer ${apiKey}`);
  const signal = AbortSignal.timeout(timeoutMs);
  let answer: string;
  try {
    const response = await fetch(`${endpoint.baseUrl}/moderations`, {
      ...{ method: 'POST', headers, signal, body: JSON.stringify(body) },
      // A redirect is reported, not followed: it could lead what was written, and the key, to another host.
      redirect: 'manual',
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw failed(`${shown} answered with status ${response.status}.${hint(response.status)}`);
    }
    answer = await bounded(response, shown);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (signal.aborted) throw failed(`${shown} did not answer within ${timeoutMs / 1000} s.`);
    throw failed(`${shown} cannot be reached.`);
  }
  return categoriesOf(answer, body.input.length, shown);
}

function categoriesOf(answer: string, inputs: number, shown: string): string[][] {
  const json = parseJson(answer);
  const parsed = Answer.safeParse(json.ok ? json.value : undefined);
  if (!parsed.success || parsed.data.results.length !== inputs) {
    throw failed(`the answer of ${shown} is not one of a moderation endpoint.`);
  }
  return parsed.data.results.map(({ flagged, categories }) => {
    const names = Object.entries(categories ?? {}).flatMap(([name, hit]) => (hit ? [name] : []));
    return flagged && names.length === 0 ? [''] : flagged ? names : [];
  });
}

async function bounded(response: Response, shown: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const next = await reader?.read();
    if (!next || next.done) return Buffer.concat(parts).toString('utf8');
    size += next.value.length;
    parts.push(next.value);
    if (size <= MAX_ANSWER_BYTES) continue;
    await reader?.cancel();
    throw failed(`the answer of ${shown} is too long.`);
  }
}

function hint(status: number): string {
  if (status === 401 || status === 403) return ' Run “Countersign: Set API Key…” for moderation.';
  if (status === 404) return ` Look at ${MODERATION_URL}.`;
  return status === 429 ? ' It asks for a pause.' : '';
}

/** Checked here because fetch would quote the whole header in its own error. */
function usable(key: string | undefined): string | undefined {
  const trimmed = key?.trim() ?? '';
  if (trimmed === '') return undefined;
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw failed('its API key holds characters that no key has.');
}

function parse(baseUrl: string): Endpoint {
  try {
    return parseEndpoint(baseUrl, MODERATION_URL);
  } catch (error) {
    throw failed(error instanceof AppError ? error.message : `${MODERATION_URL} cannot be used.`);
  }
}

function warnOnce({ exposed, shown }: Endpoint, warned: Set<string>, logger: Logger): void {
  if (!exposed || warned.has(shown)) return;
  warned.add(shown);
  logger.warn(
    `The moderation endpoint at ${shown} is used over plain http: what you write can be read on the way.`,
  );
}

function failed(why: string): AppError {
  return new AppError('moderation_failed', why);
}
