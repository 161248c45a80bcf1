import { createRoute, z, type OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { Problem } from '../shapes/problem.ts';
import type { Scope } from '../store/keys.ts';
import { demand } from './access.ts';
import type { Actor, ApiEnv } from './deps.ts';

export type Api = OpenAPIHono<ApiEnv>;
type Method = 'get' | 'post' | 'put' | 'delete';

/** A route of the contract: what it needs, takes and gives. The OpenAPI page is made of these. */
export interface Route {
  method: Method;
  path: string;
  summary: string;
  scope: Scope;
  tag: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  answer?: z.ZodType;
  status?: number;
  idempotent?: boolean;
}

const errors = (body: boolean): RouteConfig['responses'] =>
  Object.fromEntries(
    (body ? [400, 401, 403, 404, 409, 413, 415, 422] : [400, 401, 403, 404]).map((status) => [
      status,
      { description: 'Problem details (RFC 9457)', content: { 'application/problem+json': { schema: Problem } } },
    ]),
  );

const params = (path: string): z.ZodObject =>
  z.object(Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, z.string()])));

/** Check who asks, do one thing, answer. Bodies are read by the handler, so that what it says of them is ours. */
export function route(api: Api, definition: Route, handle: (context: Context<ApiEnv>, actor: Actor) => Promise<Response> | Response): void {
  const { method, path, scope } = definition;
  api.openAPIRegistry.registerPath(
    createRoute({
      method,
      path,
      summary: definition.summary,
      tags: [definition.tag],
      security: [{ key: [scope] }, { session: [] }],
      'x-scope': scope,
      request: {
        params: params(path),
        ...(definition.query ? { query: definition.query } : {}),
        ...(definition.idempotent ? { headers: z.object({ 'idempotency-key': z.string().max(255).optional() }) } : {}),
        ...(definition.body ? { body: { required: true, content: { 'application/json': { schema: definition.body } } } } : {}),
      },
      responses: {
        [definition.status ?? 200]: definition.answer
          ? { description: 'Done', content: { 'application/json': { schema: definition.answer } } }
          : { description: 'Done' },
        ...errors(definition.body !== undefined),
      },
    }),
  );
  api.on(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'), async (context) => handle(context, demand(context, scope)));
}

export const page = <T extends z.ZodType>(row: T) => z.object({ data: z.array(row), next_cursor: z.string().nullable() });
export const limit = z.coerce.number().int().min(1).max(200).default(50);
export const cursor = z.string().optional();
