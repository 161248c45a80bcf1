import { createRoute, z, type OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { Problem } from '../shapes/problem.ts';
import type { Scope } from '../store/keys.ts';
import { again } from '../store/transact.ts';
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
  /** What a 200 beside `status` means. */
  settled?: string;
  idempotent?: boolean;
  /** It may answer 409; one with an Idempotency-Key always may. */
  conflicts?: boolean;
  /** It may answer 429 with Retry-After. */
  limited?: boolean;
  /** The answer is a stream of server-sent events. */
  stream?: boolean;
}

const refusals: Record<number, string> = {
  400: 'Not JSON, not UTF-8, or a parameter that cannot be read',
  401: 'No key or session, or one that is over',
  403: 'Without the scope, or for another address',
  404: 'Unknown, or deleted',
  409: 'The state has moved on, or the Idempotency-Key was used for another body',
  413: 'Too large',
  415: 'Not application/json',
  422: 'Does not fit the schema; `errors` names the places',
  429: 'Too many at once; see Retry-After',
  500: 'trimtab failed',
  503: 'Not available right now; see Retry-After',
};

/** Every status that a route may refuse with. A body is refused by its size before anybody looks whether one is wanted. */
function errorsOf({ method, path, query, body, idempotent, conflicts, limited }: Route): RouteConfig['responses'] {
  const named = path.includes('{');
  const statuses = [
    ...(named || query || body ? [400] : []),
    401,
    403,
    ...(named ? [404] : []),
    ...(conflicts || idempotent ? [409] : []),
    ...(method === 'post' || method === 'put' ? [413] : []),
    ...(body ? [415, 422] : []),
    ...(limited ? [429] : []),
    500,
    503,
  ];
  const content = { 'application/problem+json': { schema: Problem } };
  return Object.fromEntries(statuses.map((status) => [status, { description: refusals[status] ?? '', content }]));
}

function answersOf({ answer, status = 200, settled, stream }: Route): RouteConfig['responses'] {
  if (stream) return { 200: { description: 'Server-sent events', content: { 'text/event-stream': { schema: z.string() } } } };
  const content = answer ? { content: { 'application/json': { schema: answer } } } : {};
  return { [status]: { description: 'Done', ...content }, ...(settled ? { 200: { description: settled, ...content } } : {}) };
}

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
      responses: { ...answersOf(definition), ...errorsOf(definition) },
    }),
  );
  // What only reads is asked again when its connection is lost: the next one is new.
  const once = async (context: Context<ApiEnv>): Promise<Response> => handle(context, demand(context, scope));
  const asked = method === 'get' ? (context: Context<ApiEnv>) => again(() => once(context), { repeatable: true }) : once;
  api.on(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'), asked);
}

export const page = <T extends z.ZodType>(row: T) => z.object({ data: z.array(row), next_cursor: z.string().nullable() });
export const limit = z.coerce.number().int().min(1).max(200).default(50);
export const cursor = z.string().optional();
