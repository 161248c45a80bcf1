import type { Duration } from '../define/duration.ts';
import { SourceUnavailable, type Source, type SourceContext } from '../define/source.ts';
import { messageOf, TrimtabError } from '../errors.ts';
import type { Passage } from '../shapes/passage.ts';
import { splitDocument } from '../store/knowledge-split.ts';
import { interleave } from './interleave.ts';
import { decoded, pageText, readableTypes } from './page-text.ts';
import { passageId } from './passage-id.ts';
import { queryOf } from './queries.ts';
import { timeToLive } from './time-to-live.ts';

export interface HttpOptions<I> {
  name: string;
  /** The pages to read, 5 at most. An input may choose among them: `hosts` is the fence. */
  urls: (input: I) => string | readonly string[];
  /** The hosts that are read, redirects included: `docs.example.com`. */
  hosts: readonly string[];
  /** Sections that share words with it come first. Absent: the input's `question`, `query`, … where it has one. */
  query?: (input: I) => string;
  /** How long a page read serves: `'1 hour'` when absent, 0 to read it every time. */
  cache?: Duration | 0;
}

const most = { pages: 5, bytes: 2 * 1024 * 1024, timeout_ms: 12_000, redirects: 4 };

async function read(name: string, address: string, at: { hosts: readonly string[]; context: SourceContext }): Promise<Passage[]> {
  const { signal, services } = at.context;
  const { url, response } = await services.open(address, {
    signal,
    hosts: at.hosts,
    types: readableTypes,
    timeout_ms: most.timeout_ms,
    max_bytes: most.bytes,
    redirects: most.redirects,
    headers: { accept: readableTypes.join(', '), 'user-agent': 'trimtab' },
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${new URL(url).host} answered HTTP ${response.status}`);
  }
  const type = response.headers.get('content-type') ?? '';
  const { title, text } = pageText(decoded(await response.arrayBuffer(), type), type);
  const changed = new Date(response.headers.get('last-modified') ?? '');
  const time = (Number.isNaN(changed.getTime()) ? new Date() : changed).toISOString();
  return splitDocument(text).map((section) => ({
    id: passageId(name, url, section.text),
    source: name,
    title: [title, section.heading].filter((part, index, all) => part !== '' && all.indexOf(part) === index).join(' › ') || url,
    text: section.text,
    url,
    at: time,
    trust: 'untrusted' as const,
  }));
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];

/** Sections with more of the query's words first; the order of the page otherwise. */
function nearestFirst(passages: readonly Passage[], query: string): Passage[] {
  const wanted = new Set(wordsOf(query));
  const hits = ({ title, text }: Passage): number => new Set(wordsOf(`${title} ${text}`).filter((word) => wanted.has(word))).size;
  return passages
    .map((passage) => ({ passage, hits: hits(passage) }))
    .toSorted((a, b) => b.hits - a.hits)
    .map(({ passage }) => passage);
}

function queryIn<I>(options: HttpOptions<I>, input: I): string {
  try {
    return (options.query ?? queryOf)(input);
  } catch {
    return '';
  }
}

/** Pages of hosts that the author lists, read by GET through the egress guard. Their text is data, never instructions. */
export function http<I>(options: HttpOptions<I>): Source<I> {
  const { name, hosts } = options;
  const odd = hosts.find((host) => !/^[a-z0-9.-]+$/.test(host));
  if (hosts.length === 0 || odd !== undefined)
    throw new TrimtabError(
      'definition',
      `${name}: hosts lists names as in 'docs.example.com'${odd === undefined ? '' : `; '${odd}' is none`}`,
    );
  const ttl_ms = timeToLive(options.cache, name);
  return {
    name,
    place: 'regular',
    async search(input, context) {
      const wanted = [options.urls(input)].flat().slice(0, most.pages);
      const pages = await Promise.allSettled(
        wanted.map((url) =>
          context.services.cached({ source: name, question: ['http', url, hosts], ttl_ms }, () => read(name, url, { hosts, context })),
        ),
      );
      const found = pages.flatMap((page) => (page.status === 'fulfilled' ? [page.value] : []));
      const failed = pages.find((page) => page.status === 'rejected');
      if (found.length === 0 && failed) throw new SourceUnavailable(`${name}: ${messageOf(failed.reason)}`);
      const query = [queryIn(options, input), ...context.missing].join(' ');
      return interleave(
        found.map((passages) => nearestFirst(passages, query)),
        context.keep,
      );
    },
  };
}
