import { getJson } from 'serpapi';
import { messageOf, TrimtabError } from '../errors.ts';
import { SourceUnavailable, type Source, type SourceContext } from '../define/source.ts';
import type { Passage } from '../shapes/passage.ts';
import { interleave } from './interleave.ts';
import { passageId } from './passage-id.ts';
import type { Duration } from '../define/duration.ts';
import { oneLine, queriesOf, queryOf } from './queries.ts';
import { timeToLive } from './time-to-live.ts';
import { cappedAgent } from './serpapi-agent.ts';

export interface SerpApiOptions<I> {
  /** The engine's when absent. */ name?: string;
  /** One of SerpApi's engines: `google` when absent, `bing`, `google_news`, `google_scholar`, `youtube`, … */
  engine?: string;
  query?: (input: I) => string;
  /** The parameter that takes the query: `q`, or the engine's own where it is another, when absent. */ query_parameter?: string;
  /** What else the engine takes: `{ hl: 'de', gl: 'at' }`. */ parameters?: Readonly<Record<string, string | number | boolean>>;
  /** How long an answer serves: `'1 hour'` when absent, 0 to ask every time. */
  cache?: Duration | 0;
  /** What one search costs with your plan, in USD: 0 when absent. */ usd?: number;
}
export interface GoogleOptions<I> {
  name?: string;
  query?: (input: I) => string;
  /** Results asked for, 10 when absent. */ num?: number;
  /** How long an answer serves: `'1 hour'` when absent, 0 to ask every time. */
  cache?: Duration | 0;
  /** What one search costs with your plan, in USD: 0 when absent. */ usd?: number;
}

/** Engines that do not call the query `q`. */
const queryParameters: Readonly<Record<string, string>> = {
  amazon: 'k',
  apple_app_store: 'term',
  ebay: '_nkw',
  naver: 'query',
  walmart: 'query',
  yahoo: 'p',
  yandex: 'text',
  youtube: 'search_query',
};
/** Parameters that are ours to set. */
const ours = ['engine', 'api_key', 'output', 'async', 'timeout', 'requestOptions'];

const timeoutMs = 15_000;
const mostBytes = 4 * 1024 * 1024;
const none = /hasn't returned any results/i;

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** SerpApi's client rejects with the bare body on an error status, an Error for the rest. Never the key. */
function sayOf(error: unknown, key: string): string {
  let text = messageOf(error);
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body) && textOf(body.error)) text = textOf(body.error);
  } catch {
    /* not JSON: the text as it is */
  }
  return text.replaceAll(key, '[key]').slice(0, 300);
}

/** When the search was made: `2026-01-31 10:00:00 UTC` on the wire. */
function timeOf(answer: Json): string {
  const metadata = isObject(answer.search_metadata) ? answer.search_metadata : {};
  const time = new Date(textOf(metadata.processed_at).replace(' UTC', 'Z').replace(' ', 'T'));
  return (Number.isNaN(time.getTime()) ? new Date() : time).toISOString();
}

const links = ['link', 'product_link', 'website', 'url'];
/** What a result without a sentence says of itself: a price, a date, a rating. Addresses, pictures and marks of the engine are no words. */
function factsOf(one: Json): string {
  const said = Object.entries(one).filter(
    ([key, value]) =>
      ['string', 'number', 'boolean'].includes(typeof value) &&
      !/^(?:title|position|block_position)$|link|url|thumbnail|icon|image|favicon|token|_id$/.test(key) &&
      !/^https?:\/\//.test(String(value)),
  );
  return said.map(([key, value]) => `${key.replaceAll('_', ' ')}: ${String(value)}`).join('; ');
}

interface Result {
  title: string;
  text: string;
  link: string;
}
function resultOf(one: Json): Result {
  const title = textOf(one.title) || textOf(one.name);
  const text = textOf(one.snippet) || textOf(one.description) || factsOf(one);
  return { title, text, link: links.map((key) => textOf(one[key])).find((link) => link !== '') ?? '' };
}

/** Google says much beside its results; of other engines it is every list that is called so: `video_results`, `news_results`, … */
function resultsOf(engine: string, answer: Json): Result[] {
  const box = isObject(answer.answer_box) ? answer.answer_box : {};
  const graph = isObject(answer.knowledge_graph) ? answer.knowledge_graph : {};
  const source = isObject(graph.source) ? graph.source : {};
  const lists = engine === 'google' ? ['organic_results'] : Object.keys(answer).filter((key) => /^(?!ads?_|related_).*_results$/.test(key));
  return [
    { title: textOf(box.title), text: textOf(box.answer) || textOf(box.snippet), link: textOf(box.link) },
    { title: textOf(graph.title), text: textOf(graph.description), link: textOf(source.link) },
    ...lists.flatMap((key) => (Array.isArray(answer[key]) ? answer[key].filter(isObject).map(resultOf) : [])),
  ];
}

function passagesOf(name: string, engine: string, answer: Json): Passage[] {
  const at = timeOf(answer);
  return resultsOf(engine, answer)
    .filter(({ text }) => text !== '')
    .map(({ title, text, link }) => ({
      id: passageId(name, link, text),
      source: name,
      title: title || link || name,
      text,
      ...(/^https?:\/\//.test(link) ? { url: link } : {}),
      at,
      trust: 'untrusted' as const,
    }));
}

type Parameters = Readonly<Record<string, string | number | boolean>>;

async function search(name: string, asked: Parameters & { engine: string }, context: SourceContext & { key: string }): Promise<Passage[]> {
  const { key, services, signal } = context;
  const agent = cappedAgent(mostBytes, services.endpoint('serpapi'));
  try {
    const answer: unknown = await getJson({ ...asked, api_key: key, timeout: timeoutMs, requestOptions: { agent, signal } });
    if (!isObject(answer)) throw new Error('the answer is no JSON object');
    const complaint = textOf(answer.error);
    if (complaint && !none.test(complaint)) throw new Error(complaint);
    return passagesOf(name, asked.engine, answer);
  } catch (error) {
    throw new SourceUnavailable(`${name}: SerpApi did not answer: ${sayOf(error, key)}`);
  } finally {
    agent.destroy();
  }
}

/**
 * A search engine through SerpApi: Google unless `engine` names another. Needs SERPAPI_API_KEY; without it the record says so and
 * the other sources go on.
 */
export function serpapi<I>(options: SerpApiOptions<I> = {}): Source<I> {
  const { engine = 'google', parameters = {}, usd = 0 } = options;
  const name = options.name ?? engine;
  const takes = options.query_parameter ?? queryParameters[engine] ?? 'q';
  const odd = [...ours, takes].find((one) => Object.hasOwn(parameters, one));
  if (odd !== undefined) throw new TrimtabError('definition', `${name}: '${odd}' is set by trimtab; take it out of parameters`);
  const ttl_ms = timeToLive(options.cache, name);
  return {
    name,
    place: 'regular',
    ...(usd > 0 ? { usd } : {}),
    async search(input, context) {
      const key = context.services.secret('SERPAPI_API_KEY');
      if (!key) throw new SourceUnavailable(`${name}: no key; set SERPAPI_API_KEY`);
      const queries = queriesOf((options.query ?? queryOf)(input), context.missing).map((query) => oneLine(query));
      const found = await Promise.all(
        queries.map((query) => {
          const asked = { ...parameters, engine, [takes]: query };
          return context.services.cached({ source: name, question: ['serpapi', asked], ttl_ms }, () => {
            context.paying?.();
            return search(name, asked, { ...context, key });
          });
        }),
      );
      return interleave(found, context.keep);
    },
  };
}

/** Google through SerpApi. */
export const google = <I>({ num = 10, ...options }: GoogleOptions<I> = {}): Source<I> => serpapi({ ...options, parameters: { num } });
