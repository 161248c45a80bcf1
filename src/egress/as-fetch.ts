import type { Open, OpenOptions } from './open.ts';

/** The guard in the form that SDKs take: `fetch`, for text bodies, with the caps of `limits`. Redirects are not followed. */
export const asFetch =
  (
    open: Open,
    limits: Pick<OpenOptions, 'timeout_ms' | 'max_bytes' | 'hosts' | 'onCut'> = {},
  ): ((input: string | URL, init?: RequestInit) => Promise<Response>) =>
  async (input, init = {}) => {
    const { body, signal, method } = init;
    if (body !== undefined && body !== null && typeof body !== 'string') throw new TypeError('only text is sent through the guard');
    const { response } = await open(input, {
      ...limits,
      ...(method ? { method } : {}),
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(typeof body === 'string' ? { body } : {}),
      ...(signal ? { signal } : {}),
    });
    return response;
  };
