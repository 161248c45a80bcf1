import { z } from '@hono/zod-openapi';
import { messageOf } from '../errors.ts';
import { Problem } from '../shapes/problem.ts';
import { liveWorkers } from '../store/health.ts';
import type { ApiDependencies } from './deps.ts';
import type { Api } from './route.ts';

const Ready = z.object({
  status: z.enum(['ready', 'not ready']),
  missing: z.array(z.string()),
  stores: z.boolean().openapi({ description: 'Starts and decisions are stored, and go on when what is missing is there' }),
});
const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });

/** The routes that are no part of /v1, for the OpenAPI page. */
export function describeHealth(api: Api): void {
  const { openAPIRegistry: page } = api;
  const tags = ['health'];
  page.registerPath({
    method: 'get',
    path: '/healthz',
    summary: 'The process lives',
    tags,
    security: [],
    responses: { 200: { description: 'It does', ...json(z.object({ status: z.literal('ok') })) } },
  });
  page.registerPath({
    method: 'get',
    path: '/readyz',
    summary: 'What work needs is there; `missing` names what is not',
    tags,
    security: [],
    responses: { 200: { description: 'Ready', ...json(Ready) }, 503: { description: 'Not ready; see Retry-After', ...json(Ready) } },
  });
  const refused = {
    401: { description: 'No key or session, or one that is over', content: { 'application/problem+json': { schema: Problem } } },
    403: { description: 'Without the scope, or for another address', content: { 'application/problem+json': { schema: Problem } } },
  };
  page.registerPath({
    method: 'get',
    path: '/metrics',
    summary: 'Prometheus metrics',
    tags,
    security: [{ key: ['admin'] }],
    responses: { 200: { description: 'Metrics', content: { 'text/plain': { schema: z.string() } } }, ...refused },
  });
  page.registerPath({
    method: 'get',
    path: '/openapi.json',
    summary: 'This page',
    tags,
    security: [{ key: [] }, { session: [] }],
    responses: { 200: { description: 'OpenAPI 3.1', ...json(z.record(z.string(), z.unknown())) }, ...refused },
  });
}

/** `/healthz`: the process lives. `/readyz`: what work needs is there; it names what is not. No key for either. */
export function healthRoutes(api: Api, deps: ApiDependencies): void {
  api.get('/healthz', (context) => context.json({ status: 'ok' }));
  api.get('/readyz', async (context) => {
    const [workers, temporal] = await Promise.all([
      liveWorkers(deps.db).catch((error: unknown) => messageOf(error)),
      deps.temporalTrouble(),
    ]);
    const stores = typeof workers !== 'string';
    const missing = [
      ...(!stores ? ['the database does not answer'] : workers.length === 0 ? ['no worker is there: start one with trimtab worker'] : []),
      ...(temporal === null ? [] : [`Temporal does not answer: ${temporal}`]),
    ];
    if (missing.length === 0) return context.json({ status: 'ready', missing, stores });
    return context.json({ status: 'not ready', missing, stores }, 503, { 'retry-after': '5' });
  });
}
