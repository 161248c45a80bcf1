/** How long an answer may be silent. */
export const usualIdleMs = 60_000;

/** Limits of one call. `max_bytes` of the answer (default 4 MiB), `idle_ms` without a byte (default 60 s), `total_ms` for all of it (default an hour). */
export interface GuardOptions {
  fetch: typeof fetch;
  signal: AbortSignal;
  onProgress?: (() => void) | undefined;
  max_bytes?: number | undefined;
  idle_ms?: number | undefined;
  total_ms?: number | undefined;
  onResponse?: ((status: number, headers: Headers) => void) | undefined;
}

/** The stream broke a limit of ours, or was none. `body` is the JSON that came instead, if it was JSON. */
export class StreamFault extends Error {
  override readonly name: string = 'StreamFault';
  readonly body: unknown;
  constructor(message: string, body: unknown = null) {
    super(message);
    this.body = body;
  }
}

/** More bytes came than an answer may have. */
export class TooManyBytes extends StreamFault {
  override readonly name = 'TooManyBytes';
}

/**
 * `fetch` for exactly one call of an SDK: it counts bytes, watches for silence, and calls `onProgress` for each chunk.
 * The SDKs swallow an abort in the middle of a stream, so `fault()` says afterwards what went wrong. `signal` goes to the
 * SDK and follows the caller's. Call `release()` when the call is over.
 */
export interface Guard {
  fetch: typeof fetch;
  signal: AbortSignal;
  fault(): StreamFault | null;
  release(): void;
}

/**
 * How long a silence that has lasted too long is listened to once more. A process that stood still (SIGSTOP, a suspended
 * machine) finds its timers due before it has read what came meanwhile: without this, every call in flight would be a
 * provider's fault, and enough of those open the breaker for all workers.
 */
const lastLookMs = 250;

/** A signal made by hand: what `AbortSignal.any` returns can be collected before it fires on Node 20. */
export function guardCall(options: GuardOptions): Guard {
  const { max_bytes = 4 * 1024 * 1024, idle_ms = usualIdleMs, total_ms = 3_600_000 } = options;
  const controller = new AbortController();
  let fault: StreamFault | null = null;
  let timer: NodeJS.Timeout | undefined;
  let lastLook: NodeJS.Timeout | undefined;
  let bytes = 0;
  const stop = (why: StreamFault): void => {
    fault ??= why;
    controller.abort(why);
  };
  const whole = setTimeout(() => stop(new StreamFault(`no whole answer within ${total_ms / 1000} s`)), Math.min(total_ms, 2 ** 31 - 1));
  const follow = (): void => controller.abort(options.signal.reason);
  if (options.signal.aborted) follow();
  else options.signal.addEventListener('abort', follow, { once: true });
  const lookOnceMore = (): void => {
    lastLook = setTimeout(
      () => stop(new StreamFault(`no byte for ${idle_ms / 1000} s; \`timeout\` of a model gives it longer`)),
      lastLookMs,
    );
  };
  const listen = (): void => {
    if (lastLook) clearTimeout(lastLook);
    if (timer) timer.refresh();
    else timer = setTimeout(lookOnceMore, idle_ms);
  };
  const count = (chunk: Uint8Array): void => {
    bytes += chunk.byteLength;
    if (bytes > max_bytes) {
      stop(new TooManyBytes(`the answer is longer than ${max_bytes} bytes`));
      return;
    }
    listen();
    options.onProgress?.();
  };
  const guarded: typeof fetch = async (input, init) => {
    listen();
    // Not followed: fetch would carry `x-api-key` and the prompt to wherever the answer points.
    const response = await options.fetch(input, { ...init, redirect: 'manual' });
    listen();
    options.onResponse?.(response.status, response.headers);
    const isStream = /event-stream/.test(response.headers.get('content-type') ?? 'text/event-stream');
    if (response.ok && isStream) return heardOut(response, count);
    if (!response.ok) return counted(response, count);
    throw await notAStream(counted(response, count));
  };
  return {
    fetch: guarded,
    signal: controller.signal,
    fault: () => fault,
    release() {
      clearTimeout(timer);
      clearTimeout(lastLook);
      clearTimeout(whole);
      options.signal.removeEventListener('abort', follow);
    },
  };
}

/** A stream of events whose chunks are counted as the SDK takes them. A web stream around it would cost more than all else here. */
function heardOut(response: Response, count: (chunk: Uint8Array) => void): Response {
  if (response.body) Object.defineProperty(response, 'body', { value: counting(response.body, count) });
  return response;
}

/** By hand and not a generator: that is two promises more for each chunk. */
function counting(body: AsyncIterable<Uint8Array>, count: (chunk: Uint8Array) => void): AsyncIterableIterator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  const counted = (result: IteratorResult<Uint8Array>): IteratorResult<Uint8Array> => {
    if (!result.done) count(result.value);
    return result;
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => chunks.next().then(counted),
    return: async () => (await chunks.return?.()) ?? { done: true, value: undefined },
  };
}

function counted(response: Response, count: (chunk: Uint8Array) => void): Response {
  if (!response.body) return response;
  const through = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, stream) {
      count(chunk);
      stream.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(through), response);
}

/** HTTP 200 with something else than a stream: a login page, a proxy's notice, an error in JSON. */
async function notAStream(response: Response): Promise<StreamFault> {
  const type = response.headers.get('content-type') ?? '';
  const said = await response.text();
  const message = `the answer is ${type.split(';')[0]}, not a stream of events`;
  try {
    const body: unknown = JSON.parse(said);
    const isError = typeof body === 'object' && body !== null && 'error' in body && Boolean(body.error);
    return new StreamFault(message, isError ? body : null);
  } catch {
    return new StreamFault(message);
  }
}

const guardKey = Symbol('guard');

/** A key of ours beside those of `RequestInit`: the SDKs hand through what they do not know. */
export type GuardOfCall = Record<never, never>;

/** Options of one call of a client whose `fetch` is `guardedFetch`: they bring the call's guard along. */
export const guardedBy = (guard: Guard): GuardOfCall => ({ [guardKey]: guard.fetch });

/** The `fetch` of a client that lives for many calls, each with a guard of its own. */
export const guardedFetch: typeof fetch = (input, init) => {
  const { [guardKey]: guarded, ...rest } = (init ?? {}) as RequestInit & { [guardKey]?: typeof fetch };
  if (!guarded) throw new Error('a call without a guard');
  return guarded(input, rest);
};
