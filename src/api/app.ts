import { randomBytes } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import { compress } from 'hono/compress';
import { secureHeaders } from 'hono/secure-headers';
import { TrimtabError } from '../errors.ts';
import { checkHost, identify, whoAsks } from './access.ts';
import { limitBody } from './body.ts';
import { batchRoutes } from './batches.ts';
import { chainRoutes } from './chains.ts';
import type { ApiDependencies, ApiEnv } from './deps.ts';
import { describeHealth, healthRoutes } from './health.ts';
import { liveRoutes } from './live.ts';
import { createMetrics } from './metrics.ts';
import { nameShapes } from './named-shapes.ts';
import { onError, problem } from './problem.ts';
import { reviewRoutes } from './reviews.ts';
import type { Api } from './route.ts';
import { runRoutes } from './runs.ts';
import { sessionRoutes } from './session.ts';
import { watchRequests } from './watch.ts';
import { webhookRoutes } from './webhooks.ts';
import { webPage } from './web-page.ts';

/** The HTTP side: check, one call, answer. Everything under /v1 needs a key or a session (default deny). */
export function createApi(deps: ApiDependencies): Api {
  const api = new OpenAPIHono<ApiEnv>();
  const metrics = createMetrics(deps);
  const who = whoAsks(deps);
  api.use(async (context, next) => {
    context.set('request_id', `req_${randomBytes(9).toString('base64url')}`);
    await next();
    context.header('x-request-id', context.get('request_id'));
  });
  api.use(secureHeaders({ crossOriginResourcePolicy: 'same-origin', referrerPolicy: 'no-referrer' }));
  // A load balancer asks by address: it hears that we live, and nothing else.
  healthRoutes(api, deps);
  api.use(checkHost(deps.publicUrl));
  api.use(metrics.measure, watchRequests(deps.watched));
  api.use('/v1/*', identify(who), limitBody);
  api.use('/metrics', identify(who));
  api.use('/openapi.json', identify(who));
  metrics.routes(api);
  sessionRoutes(api, deps);
  chainRoutes(api, deps);
  runRoutes(api, deps);
  batchRoutes(api, deps);
  reviewRoutes(api, deps);
  webhookRoutes(api, deps);
  liveRoutes(api, deps, who);
  describeHealth(api);
  let contract: Record<string, unknown> | null = null;
  api.get('/openapi.json', (context) => context.json((contract ??= openApiOf(api))));
  api.all('/v1/*', (context) => problem(context, new TrimtabError('not_found', `there is no ${context.req.method} ${context.req.path}`)));
  if (deps.webRoot !== null) {
    api.use('/assets/*', compress());
    webPage(api, deps.webRoot);
  }
  api.notFound((context) => problem(context, new TrimtabError('not_found', `there is no ${context.req.path}`)));
  api.onError(onError(deps.log));
  return api;
}

/** The contract as OpenAPI 3.1, made from the routes. */
export function openApiOf(api: Api): Record<string, unknown> {
  api.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'tt_… with the scope that the route names',
  });
  api.openAPIRegistry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: 'trimtab_session' });
  return nameShapes({ ...api.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'trimtab', version: '1' } }) });
}
