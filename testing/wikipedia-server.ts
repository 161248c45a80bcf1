import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page as the server knows it. `disambiguation`: a page that only lists meanings. */
export interface WikipediaPage {
  title: string;
  extract: string;
  timestamp?: string;
  disambiguation?: boolean;
}

export interface WikipediaServer {
  url: string;
  /** What was asked, in order: path with query, and the User-Agent. */
  requests: { path: string; agent: string }[];
  /** Answer everything with this status from now on; null: answer normally. */
  fail(status: number | null): void;
  /** Answer searches with so many bytes of JSON. */
  flood(bytes: number): void;
  close(): Promise<void>;
}

const keyOf = (title: string): string => title.replaceAll(' ', '_');

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...(status === 429 ? { 'retry-after': '5' } : {}) });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** `/w/rest.php/v1/search/page`: pages whose title or text has a word of the query, those with more words first. */
function searchAnswer(pages: WikipediaPage[], q: string, limit: number): unknown {
  const words = q
    .toLowerCase()
    .split(/\W+/)
    .filter((word) => word.length > 3);
  const hits = (page: WikipediaPage): number => words.filter((word) => `${page.title} ${page.extract}`.toLowerCase().includes(word)).length;
  const found = pages
    .filter((page) => hits(page) > 0)
    .toSorted((a, b) => hits(b) - hits(a))
    .slice(0, limit);
  return {
    pages: found.map((page, index) => ({
      id: index + 1,
      key: keyOf(page.title),
      title: page.title,
      excerpt: `<span class="searchmatch">${page.title}</span> is`,
      matched_title: null,
      anchor: null,
      description: null,
      thumbnail: null,
    })),
  };
}

function summaryOf(page: WikipediaPage): unknown {
  const key = keyOf(page.title);
  const address = `https://en.wikipedia.org/wiki/${key}`;
  return {
    type: page.disambiguation ? 'disambiguation' : 'standard',
    title: page.title,
    displaytitle: `<span class="mw-page-title-main">${page.title}</span>`,
    namespace: { id: 0, text: '' },
    titles: { canonical: key, normalized: page.title, display: page.title },
    pageid: 1,
    lang: 'en',
    dir: 'ltr',
    revision: '1',
    tid: '00000000-0000-11ef-0000-000000000000',
    timestamp: page.timestamp ?? '2026-01-02T03:04:05Z',
    content_urls: { desktop: { page: address, revisions: `${address}?action=history` }, mobile: { page: address.replace('en.', 'en.m.') } },
    extract: page.extract,
    extract_html: `<p>${page.extract}</p>`,
  };
}

/** A server that speaks as Wikipedia's REST API does: page search and page summary. On 127.0.0.1; without `port` a free one. */
export async function startWikipediaServer(pages: WikipediaPage[], port = 0): Promise<WikipediaServer> {
  const requests: WikipediaServer['requests'] = [];
  let failing: number | null = null;
  let flooding = 0;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://wikipedia');
    requests.push({ path: `${url.pathname}${url.search}`, agent: request.headers['user-agent'] ?? '' });
    if (failing !== null) return send(response, failing, { httpCode: failing, httpReason: 'Error' });
    if (url.pathname === '/w/rest.php/v1/search/page') {
      if (flooding > 0) return send(response, 200, JSON.stringify({ pages: [], pad: 'x'.repeat(flooding) }));
      return send(response, 200, searchAnswer(pages, url.searchParams.get('q') ?? '', Number(url.searchParams.get('limit') ?? 50)));
    }
    const key = decodeURIComponent(/^\/api\/rest_v1\/page\/summary\/([^/]+)$/.exec(url.pathname)?.[1] ?? '');
    const page = pages.find((one) => keyOf(one.title) === key);
    if (page) return send(response, 200, summaryOf(page));
    return send(response, 404, {
      type: 'https://mediawiki.org/wiki/HyperSwitch/errors/not_found',
      title: 'Not found.',
      method: 'get',
      detail: 'Page or revision not found.',
      uri: url.pathname,
    });
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fail(status) {
      failing = status;
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
