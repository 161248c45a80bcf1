import { TrimtabError, messageOf } from '../errors.ts';
import type { Open } from '../egress/open.ts';
import { SourceUnavailable, type Source, type SourceContext } from '../define/source.ts';
import type { Passage } from '../shapes/passage.ts';
import { z } from 'zod';
import { interleave } from './interleave.ts';
import { passageId } from './passage-id.ts';
import type { Duration } from '../define/duration.ts';
import { oneLine, queriesOf, queryOf } from './queries.ts';
import { timeToLive } from './time-to-live.ts';

export interface WikipediaOptions<I> {
  name?: string;
  query?: (input: I) => string;
  /** Edition: `'de'`, or one for each input; `en` when absent. */ language?: string | ((input: I) => string | undefined);
  /** Pages read a query: 3 when absent. */ pages?: number;
  /** How long an answer serves: `'1 hour'` when absent, 0 to ask every time. */
  cache?: Duration | 0;
}

const timeoutMs = 10_000;
const mostBytes = 1024 * 1024;
const agentName = 'trimtab/0.1 (workflow engine; node)';

const Found = z.object({
  pages: z.array(z.object({ key: z.string(), title: z.string(), excerpt: z.string().nullish(), description: z.string().nullish() })),
});
const Summary = z.object({
  type: z.string().optional(),
  title: z.string(),
  extract: z.string(),
  timestamp: z.string().optional(),
  content_urls: z.object({ desktop: z.object({ page: z.string() }) }).optional(),
});

interface Site {
  name: string;
  base: string;
  open: Open;
  signal: AbortSignal;
  contact: string | undefined;
}

/** The body as JSON, null for 404. Throws SourceUnavailable for every other answer. */
async function get(site: Site, path: string): Promise<unknown> {
  const headers = { accept: 'application/json', 'user-agent': site.contact ? `${agentName} ${site.contact}` : agentName };
  try {
    const limits = { signal: site.signal, timeout_ms: timeoutMs, max_bytes: mostBytes, redirects: 3 };
    const { response } = await site.open(`${site.base}${path}`, { headers, ...limits });
    const text = await response.text();
    if (response.status === 404) return null;
    if (response.ok) return JSON.parse(text);
    const wait = response.headers.get('retry-after');
    throw new Error(`HTTP ${response.status}${wait ? `, try again after ${wait} s` : ''}`);
  } catch (error) {
    throw new SourceUnavailable(`${site.name}: Wikipedia did not answer: ${messageOf(error)}`);
  }
}

function read<T>(site: Site, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SourceUnavailable(`${site.name}: Wikipedia answered in another form than documented`);
}

/** The opening of a page. A page that only lists meanings of a word is no evidence. */
async function openingOf(site: Site, key: string): Promise<Passage | null> {
  const answer = await get(site, `/api/rest_v1/page/summary/${encodeURIComponent(key)}`);
  if (answer === null) return null;
  const { type, title, extract, timestamp, content_urls } = read(site, Summary, answer);
  if (type === 'disambiguation' || extract.trim() === '') return null;
  const changed = new Date(timestamp ?? '');
  const at = (Number.isNaN(changed.getTime()) ? new Date() : changed).toISOString();
  const url = content_urls?.desktop.page;
  return {
    id: passageId(site.name, key, extract),
    source: site.name,
    title,
    text: extract.trim(),
    ...(url ? { url } : {}),
    at,
    trust: 'untrusted',
  };
}

async function searchOne(site: Site, query: string, pages: number): Promise<Passage[]> {
  const found = await get(site, `/w/rest.php/v1/search/page?${new URLSearchParams({ q: query, limit: String(pages) })}`);
  if (found === null) return [];
  const keys = read(site, Found, found).pages.map((page) => page.key);
  const openings = await Promise.all(keys.map((key) => openingOf(site, key)));
  return openings.filter((passage) => passage !== null);
}

const edition = /^[a-z][a-z0-9-]{1,20}$/;

/** The edition becomes a part of a host's name: what is no name of one is not asked for. */
function editionFor<I>(name: string, { language = 'en' }: WikipediaOptions<I>, input: I): string {
  const wanted = typeof language === 'string' ? language : (language(input) ?? 'en');
  if (!edition.test(wanted)) throw new SourceUnavailable(`${name}: '${wanted.slice(0, 40)}' is no edition of Wikipedia; 'en' or 'de' is`);
  return wanted;
}

/** Wikipedia through its public REST API: a search, then the opening of each page found. Needs no key; WIKIPEDIA_CONTACT (an e-mail or web address, which Wikimedia asks for) goes into the User-Agent. */
export function wikipedia<I>(options: WikipediaOptions<I> = {}): Source<I> {
  const name = options.name ?? 'wikipedia';
  if (typeof options.language === 'string' && !edition.test(options.language))
    throw new TrimtabError('definition', `${name}: '${options.language}' is no edition of Wikipedia; write 'en' or 'de'`);
  const pages = options.pages ?? 3;
  const ttl_ms = timeToLive(options.cache, name);
  return {
    name,
    place: 'regular',
    async search(input, context: SourceContext) {
      const { services, missing, signal, keep } = context;
      const language = editionFor(name, options, input);
      const place = services.endpoint('wikipedia') ?? 'https://{language}.wikipedia.org';
      const base = place.replaceAll('{language}', language).replace(/\/+$/, '');
      const site = { name, base, open: services.open, signal, contact: services.secret('WIKIPEDIA_CONTACT') };
      const queries = queriesOf((options.query ?? queryOf)(input), missing).map((query) => oneLine(query));
      const found = await Promise.all(
        queries.map((query) =>
          services.cached({ source: name, question: ['wikipedia', base, query, pages], ttl_ms }, () => searchOne(site, query, pages)),
        ),
      );
      return interleave(found, keep);
    },
  };
}
