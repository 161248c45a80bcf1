import { fetch, type Response as Answer } from 'undici';
import { messageOf } from '../errors.ts';
import { dispatcherTo } from './connect.ts';
import { EgressRefused, targetOf, type EgressPolicy } from './policy.ts';
import { checkedAddresses, systemResolve, type Resolve } from './resolve.ts';

/** One request. `types`: media types that are read, others are refused; absent: all. */
export interface OpenOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
  /** The whole of it, redirects and body too: 15 s. */ timeout_ms?: number;
  /** Over the wire, and again after unpacking: 1 MiB. */ max_bytes?: number;
  types?: readonly string[];
  /** The only hosts asked, redirects included; absent: all that the policy lets be. */ hosts?: readonly string[];
  /** Told when the body is cut, for a reader that does not see its errors. */ onCut?: (why: unknown) => void;
  /** Redirects followed, for GET and HEAD only: 0. */ redirects?: number;
}

/** Where it ended, and the answer, whose body is cut at the limits. */
export interface Opened {
  url: string;
  response: Response;
}

/** Open an address on data's behalf. Throws EgressRefused for what may not be, and what fetch throws for what did not work. */
export type Open = (address: string | URL, options?: OpenOptions) => Promise<Opened>;

interface Limits {
  signal: AbortSignal;
  release(): void;
}

/** By hand: what `AbortSignal.any` returns can be collected before it fires on Node 20. */
function limitsOf({ signal, timeout_ms = 15_000 }: OpenOptions): Limits {
  const controller = new AbortController();
  const stop = (why: unknown): void => controller.abort(why);
  const follow = (): void => stop(signal?.reason);
  if (signal?.aborted) follow();
  signal?.addEventListener('abort', follow, { once: true });
  const timer = setTimeout(() => stop(new EgressRefused(`no whole answer within ${timeout_ms / 1_000} s`)), timeout_ms);
  timer.unref();
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', follow);
    },
  };
}

async function until<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason instanceof Error ? signal.reason : new EgressRefused('cancelled'));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Headers that name the caller stay with the host they were meant for. */
const personal = /^(?:authorization|cookie|proxy-authorization|x-api-key)$/i;
const forHost = (headers: Record<string, string>, same: boolean): Record<string, string> =>
  same ? headers : Object.fromEntries(Object.entries(headers).filter(([name]) => !personal.test(name)));

const emptyStatus = new Set([204, 205, 304]);

/** The answer with a body that ends the connection, by its end or at the limit. */
function cut(answer: Answer, to: { most: number; end(): void; signal: AbortSignal; onCut: OpenOptions['onCut'] }): Response {
  const { status } = answer;
  const headers = [...answer.headers].filter(([name]) => name !== 'content-encoding' && name !== 'content-length');
  if (answer.body === null || emptyStatus.has(status)) {
    to.end();
    return new Response(null, { status, headers });
  }
  const reader = answer.body.getReader();
  let bytes = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(stream) {
      try {
        const { done, value } = await until(to.signal, reader.read());
        if (done) {
          to.end();
          stream.close();
          return;
        }
        bytes += (value as Uint8Array).byteLength;
        if (bytes > to.most) throw new EgressRefused(`the answer is longer than ${to.most} bytes`);
        stream.enqueue(value as Uint8Array);
      } catch (error) {
        to.end();
        const why = refusalIn(error) ?? error;
        stream.error(why);
        to.onCut?.(why);
      }
    },
    cancel: () => to.end(),
  });
  return new Response(body, { status, headers });
}

function refusalIn(error: unknown): EgressRefused | null {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) if (cause instanceof EgressRefused) return cause;
  return null;
}

const redirecting = new Set([301, 302, 303, 307, 308]);
const mostBytesOf = (options: OpenOptions): number => options.max_bytes ?? 1_048_576;

interface Way {
  policy: EgressPolicy;
  resolve: Resolve;
  limits: Limits;
  options: OpenOptions;
}
interface Hop {
  answer: Answer;
  url: URL;
  end(): void;
}

async function hopTo(address: string | URL, { policy, resolve, limits, options }: Way): Promise<Hop> {
  const target = targetOf(policy, address);
  if (options.hosts && !options.hosts.includes(target.host))
    throw new EgressRefused(`${target.host} is not among the hosts of this source`);
  const addresses = await until(limits.signal, checkedAddresses(target, resolve));
  const { via, end } = dispatcherTo(target, addresses, mostBytesOf(options));
  const { method = 'GET', headers = {}, body } = options;
  try {
    const answer = await fetch(target.url.href, {
      dispatcher: via,
      method,
      headers,
      redirect: 'manual',
      signal: limits.signal,
      ...(body === undefined ? {} : { body }),
    });
    return { answer, end, url: target.url };
  } catch (error) {
    end();
    throw refusalIn(error) ?? whyOf(error, target.host);
  }
}

/** fetch says "fetch failed"; why is in its cause. */
function whyOf(error: unknown, host: string): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new Error(`${host} did not answer: ${messageOf(cause)}`, { cause: error });
}

/** One hop after the other, each checked like the first. */
async function follow(address: string | URL, way: Way): Promise<Hop> {
  const { options } = way;
  const most = /^(?:GET|HEAD)$/i.test(options.method ?? 'GET') ? (options.redirects ?? 0) : 0;
  let headers = options.headers ?? {};
  let place: string | URL = address;
  for (let turn = 0; ; turn += 1) {
    const hop = await hopTo(place, { ...way, options: { ...options, headers } });
    const to = redirecting.has(hop.answer.status) ? hop.answer.headers.get('location') : null;
    if (to === null || most === 0) return hop;
    hop.end();
    if (turn >= most) throw new EgressRefused(`more than ${most} redirects`);
    if (!URL.canParse(to, hop.url.href)) throw new EgressRefused('redirected to what is no address');
    const next = new URL(to, hop.url);
    headers = forHost(headers, next.origin === hop.url.origin);
    place = next;
  }
}

function checkType({ answer, url }: Hop, types: readonly string[] | undefined): void {
  const type = (answer.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (answer.ok && types && !types.includes(type))
    throw new EgressRefused(`${url.host} answered with ${type || 'no type'}, which is not read here`);
}

/**
 * The one way to an address that data may have chosen: https, a listed port, no userinfo, the name resolved once, every address
 * checked, the connection made to what was checked, each redirect checked again, time, type, bytes and unpacked bytes capped.
 * What `policy.allow` lists may be reached however it is. `resolve` is the system's name server when absent.
 */
export function createOpen(policy: EgressPolicy, resolve: Resolve = systemResolve): Open {
  return async (address, options = {}) => {
    const limits = limitsOf(options);
    let end = (): void => limits.release();
    try {
      const hop = await follow(address, { policy, resolve, limits, options });
      end = () => {
        limits.release();
        hop.end();
      };
      checkType(hop, options.types);
      return {
        url: hop.url.href,
        response: cut(hop.answer, { most: mostBytesOf(options), end, signal: limits.signal, onCut: options.onCut }),
      };
    } catch (error) {
      end();
      throw error;
    }
  };
}
