// Where an OpenAI-compatible server is: the configured base URL, checked, and how to name it in messages.
import { AppError } from '../../core/base/errors.ts';

const DEFAULT_BASE_URL = 'https://api.openai.com/v1';

export interface Endpoint {
  /** Without a trailing slash. */
  baseUrl: string;
  /** `host:port`, for messages. */
  shown: string;
  isDefault: boolean;
  /** Plain http to another machine: what is sent can be read on the way. */
  exposed: boolean;
}

/** The endpoint for a configured base URL; empty means OpenAI's own. Throws AppError `model_not_configured`. */
export function parseEndpoint(
  configured: string | undefined,
  setting = 'countersign.model.baseUrl',
): Endpoint {
  const refused = (problem: string): AppError =>
    new AppError('model_not_configured', `The setting ${setting} cannot be used: ${problem}.`);
  const text = configured?.trim() || DEFAULT_BASE_URL;
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw refused('it is not an http or https address. Example: http://127.0.0.1:11434/v1');
  }
  // The address itself is not quoted: it may hold the secret that this refuses.
  if (url.username || url.password) {
    throw refused(
      'it holds a user name or password. Remove it and run “Countersign: Set API Key…”',
    );
  }
  if (url.search || url.hash)
    throw refused('it holds a query or fragment. Give the address up to the path only');
  return {
    baseUrl: url.href.replace(/\/+$/, ''),
    shown: `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`,
    isDefault: text === DEFAULT_BASE_URL,
    exposed: url.protocol === 'http:' && !isLoopback(url.hostname),
  };
}

/** The base URL that requests go to; undefined when `parseEndpoint` refuses the configured one, because of credentials in it for one. */
export function endpointOf(configured: string | undefined): string | undefined {
  try {
    return parseEndpoint(configured).baseUrl;
  } catch {
    return undefined;
  }
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
