import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { TrimtabError, errorTable, type FieldError } from '../errors.ts';
import { isAway, isClash } from '../store/trouble.ts';
import type { ApiDependencies, ApiEnv } from './deps.ts';

/** Every error of the API, as RFC 9457 problem details, from the one table. */
export function problem(context: Context<ApiEnv>, error: TrimtabError): Response {
  const entry = errorTable[error.code];
  return context.json(
    {
      type: `urn:trimtab:problem:${error.code}`,
      title: entry.title,
      status: entry.status,
      detail: error.message,
      code: error.code,
      next: entry.next,
      docs: entry.docs,
      request_id: context.get('request_id'),
      ...(error.errors.length > 0 ? { errors: error.errors } : {}),
      ...error.extra,
    },
    entry.status as ContentfulStatusCode,
    {
      'content-type': 'application/problem+json',
      ...(error.code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {}),
      ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) }),
    },
  );
}

/** Throws become problems; what nobody foresaw becomes `internal` and is logged, never shown. */
export const onError =
  (log: ApiDependencies['log']) =>
  (error: Error, context: Context<ApiEnv>): Response => {
    if (error instanceof TrimtabError) return problem(context, error);
    if (error instanceof HTTPException)
      return problem(
        context,
        new TrimtabError(error.status === 413 ? 'too_large' : 'bad_request', error.message || 'the request cannot be read'),
      );
    if (isAway(error) || isClash(error))
      return problem(context, new TrimtabError('unavailable', 'the database does not answer', { retryAfterSeconds: 2 }));
    if (unreadable.has((error as { code?: string }).code ?? ''))
      return problem(context, new TrimtabError('bad_request', 'an id, a filter or a cursor in the request cannot be read'));
    log({ level: 'error', msg: 'request failed', request_id: context.get('request_id'), route: context.req.routePath, error });
    return problem(context, new TrimtabError('internal', 'something went wrong here, not with you'));
  };

/** Postgres cannot read a value: no text, no time, no number. Values come from the request; rows are written by schema. */
const unreadable: ReadonlySet<string> = new Set(['22003', '22007', '22008', '22021', '22P02', '22P05']);

const missing = /received undefined$/;

/** JSON pointers (RFC 6901) for what does not fit. */
const fieldErrors = (error: z.ZodError, prefix = ''): FieldError[] =>
  error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ pointer: pointerTo([...issue.path, key], prefix), detail: 'unknown field' }))
      : [{ pointer: pointerTo(issue.path, prefix), detail: missing.test(issue.message) ? 'is missing' : issue.message }],
  );

export const pointerTo = (path: readonly PropertyKey[], prefix = ''): string =>
  `${prefix}${path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;

export const misfit = (what: string, error: z.ZodError, prefix = ''): TrimtabError => {
  const errors = fieldErrors(error, prefix);
  return new TrimtabError('invalid_input', `${what} does not fit: ${errors[0]?.pointer || '/'} ${errors[0]?.detail ?? ''}`, { errors });
};
