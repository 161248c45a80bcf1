import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from './self-signed.ts';

/** A result as the server knows it; it is found by any query that shares a word with its title or snippet. */
export interface SerpapiResult {
  title: string;
  link: string;
  snippet: string;
}

export interface SerpapiServer {
  /** `https://127.0.0.1:port`, for `TRIMTAB_ENDPOINT_SERPAPI`. */
  url: string;
  /** The authority to trust: the server's own certificate, PEM. */
  certificate: string;
  /** Parameters of each search, in order. */
  searches: URLSearchParams[];
  /** Answer with this status and message from now on; null: normally. */
  fail(failure: { status: number; error: string } | null): void;
  /** Answer with what `say` makes of the parameters, as another engine than Google does; null: normally. */
  answer(say: ((asked: URLSearchParams) => object) | null): void;
  /** Answer with so many bytes. */
  flood(bytes: number): void;
  close(): Promise<void>;
}

const processedAt = '2026-01-31 10:00:00 UTC';
const nothing = "Google hasn't returned any results for this query.";

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

const metadata = {
  id: '65b9f0c0aaaaaaaaaaaaaaaa',
  status: 'Success',
  json_endpoint: 'https://serpapi.com/searches/x/65b9f0c0aaaaaaaaaaaaaaaa.json',
  created_at: processedAt,
  processed_at: processedAt,
  total_time_taken: 0.9,
};

function searchAnswer(results: SerpapiResult[], asked: URLSearchParams): unknown {
  const q = asked.get('q') ?? '';
  const words = q
    .toLowerCase()
    .split(/\W+/)
    .filter((word) => word.length > 3);
  const found = results
    .filter((one) => words.some((word) => `${one.title} ${one.snippet}`.toLowerCase().includes(word)))
    .slice(0, Number(asked.get('num') ?? 10));
  return {
    search_metadata: metadata,
    search_parameters: { engine: 'google', q, google_domain: 'google.com', device: 'desktop', num: asked.get('num') },
    search_information: { query_displayed: q, organic_results_state: found.length > 0 ? 'Results for exact spelling' : 'Fully empty' },
    ...(found.length > 0
      ? {
          organic_results: found.map((one, index) => ({
            position: index + 1,
            ...one,
            displayed_link: new URL(one.link).host,
            source: new URL(one.link).host,
          })),
        }
      : { error: nothing }),
  };
}

/** A server that speaks as SerpApi does, over TLS, on 127.0.0.1 and a free port. `key`: the only API key it takes. */
export async function startSerpapiServer(results: SerpapiResult[], key: string): Promise<SerpapiServer> {
  const identity = selfSigned();
  const searches: URLSearchParams[] = [];
  let failing: { status: number; error: string } | null = null;
  let flooding = 0;
  let saying: ((asked: URLSearchParams) => object) | null = null;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'https://serpapi.com');
    if (url.pathname !== '/search') return send(response, 404, { error: 'Not found' });
    searches.push(url.searchParams);
    if (url.searchParams.get('api_key') !== key)
      return send(response, 401, { error: 'Invalid API key. Your API key should be here: https://serpapi.com/manage-api-key' });
    if (failing) return send(response, failing.status, { error: failing.error });
    if (flooding > 0) return send(response, 200, { pad: 'x'.repeat(flooding) });
    if (saying) return send(response, 200, { search_metadata: metadata, ...saying(url.searchParams) });
    return send(response, 200, searchAnswer(results, url.searchParams));
  };
  const server = createServer(identity, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate: identity.cert,
    searches,
    fail(failure) {
      failing = failure;
    },
    answer(say) {
      saying = say;
    },
    flood(bytes) {
      flooding = bytes;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
