// A real HTTP server with an OpenAI-compatible `/moderations`: it flags what holds the word `forbidden`, or answers as told.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface RecordedCheck {
  url: string;
  headers: IncomingHttpHeaders;
  body: { input: string[]; model?: string };
}

type Answer = (response: ServerResponse) => void;

export interface ModerationServer {
  /** Ends in `/v1`. */
  readonly baseUrl: string;
  readonly requests: RecordedCheck[];
  /** Every text that came. */
  texts(): string[];
  /** Instead of the usual answer, from now on; undefined: the usual one again. */
  answer: Answer | undefined;
  dispose(): Promise<void>;
}

export async function startModerationServer(): Promise<ModerationServer> {
  const requests: RecordedCheck[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      const body = JSON.parse(text === '' ? '{"input":[]}' : text) as RecordedCheck['body'];
      requests.push({ url: request.url ?? '', headers: request.headers, body });
      if (made.answer) made.answer(response);
      else json(response, { id: 'modr-1', model: 'm', results: body.input.map(judged) });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const made: ModerationServer = {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    texts: () => requests.flatMap(({ body }) => body.input),
    answer: undefined,
    dispose: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return made;
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function judged(text: string): unknown {
  const flagged = text.includes('forbidden');
  const categories = { violence: flagged, 'harassment/threatening': flagged, sexual: false };
  return { flagged, categories, category_scores: { violence: flagged ? 0.9 : 0.1 } };
}
