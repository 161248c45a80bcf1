import type { MiddlewareHandler } from 'hono';
import type { ApiDependencies, ApiEnv } from './deps.ts';

/** A request that was answered, without a word of what it said. `run_id`: the run it was about, as far as it got. */
export interface WatchedRequest {
  request_id: string;
  method: string;
  route: string;
  status: number;
  run_id: string | null;
  /** Milliseconds since 1970. */ start: number;
  end: number;
  /** The caller's own trace (W3C). */ traceparent: string | undefined;
}

/** Tell of every request when it is answered. */
export const watchRequests =
  (told: ApiDependencies['watched']): MiddlewareHandler<ApiEnv> =>
  async (context, next) => {
    const start = Date.now();
    await next();
    told?.({
      request_id: context.get('request_id'),
      method: context.req.method,
      route: context.req.routePath,
      status: context.res.status,
      run_id: context.get('run_id') ?? null,
      start,
      end: Date.now(),
      traceparent: context.req.header('traceparent'),
    });
  };
