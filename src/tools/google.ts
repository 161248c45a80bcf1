import { getJson } from 'serpapi';
import { messageOf } from '../errors.ts';
import { SourceUnavailable, type Source, type SourceContext } from '../define/source.ts';
import type { Passage } from '../shapes/passage.ts';
import { interleave } from './interleave.ts';
import { passageId } from './passage-id.ts';
import type { Duration } from '../define/duration.ts';
import { oneLine, queriesOf, queryOf } from './queries.ts';
import { timeToLive } from './time-to-live.ts';
import { cappedAgent } from './serpapi-agent.ts';

export interface GoogleOptions<I> {
  name?: string;
  query?: (input: I) => string;
  /** Results asked for, 10 when absent. */ num?: number;
  /** How long an answer serves: `'1 hour'` when absent, 0 to ask every time. */
  cache?: Duration | 0;
}

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

function passagesOf(name: string, answer: Json): Passage[] {
  const at = timeOf(answer);
  const graph = isObject(answer.knowledge_graph) ? answer.knowledge_graph : {};
  const box = isObject(answer.answer_box) ? answer.answer_box : {};
  const source = isObject(graph.source) ? graph.source : {};
  const organic = Array.isArray(answer.organic_results) ? answer.organic_results.filter(isObject) : [];
  const found = [
    { title: textOf(box.title), text: textOf(box.answer) || textOf(box.snippet), link: textOf(box.link) },
    { title: textOf(graph.title), text: textOf(graph.description), link: textOf(source.link) },
    ...organic.map((one) => ({ title: textOf(one.title), text: textOf(one.snippet), link: textOf(one.link) })),
  ];
  return found
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

async function search(name: string, q: string, context: SourceContext & { key: string; num: number }): Promise<Passage[]> {
  const { key, num, services, signal } = context;
  const agent = cappedAgent(mostBytes, services.endpoint('serpapi'));
  try {
    const answer: unknown = await getJson({
      engine: 'google',
      q,
      num,
      api_key: key,
      timeout: timeoutMs,
      requestOptions: { agent, signal },
    });
    if (!isObject(answer)) throw new Error('the answer is no JSON object');
    const complaint = textOf(answer.error);
    if (complaint && !none.test(complaint)) throw new Error(complaint);
    return passagesOf(name, answer);
  } catch (error) {
    throw new SourceUnavailable(`${name}: SerpApi did not answer: ${sayOf(error, key)}`);
  } finally {
    agent.destroy();
  }
}

/** Google through SerpApi. Needs SERPAPI_API_KEY; without it the record says so and the other sources go on. */
export function google<I>(options: GoogleOptions<I> = {}): Source<I> {
  const name = options.name ?? 'google';
  const num = options.num ?? 10;
  const ttl_ms = timeToLive(options.cache, name);
  return {
    name,
    place: 'regular',
    async search(input, context) {
      const key = context.services.secret('SERPAPI_API_KEY');
      if (!key) throw new SourceUnavailable(`${name}: no key; set SERPAPI_API_KEY`);
      const queries = queriesOf((options.query ?? queryOf)(input), context.missing).map((query) => oneLine(query));
      const found = await Promise.all(
        queries.map((query) =>
          context.services.cached({ source: name, question: ['google', query, num], ttl_ms }, () =>
            search(name, query, { ...context, key, num }),
          ),
        ),
      );
      return interleave(found, context.keep);
    },
  };
}
