import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { z } from 'zod';
import { TrimtabError } from '../errors.ts';
import type { ApiEnv } from './deps.ts';
import { misfit, pointerTo } from './problem.ts';
import { unstorable } from './storable.ts';

const mebibytes = 1;

/** What is too large is read off, so far and so long: a client whose socket is closed while it sends hears of a broken line, not of 413. */
const readOff = { bytes: 64 * 1024 * 1024, ms: 10_000 };

async function discard(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (body === null || body.locked) return;
  const reader = body.getReader();
  const until = Date.now() + readOff.ms;
  for (let left = readOff.bytes; left > 0 && Date.now() < until;) {
    const { done, value } = await reader.read();
    if (done) return;
    left -= value.byteLength;
  }
}

export const limitBody: MiddlewareHandler = bodyLimit({
  maxSize: mebibytes * 1024 * 1024,
  async onError(context) {
    await discard(context.req.raw.body).catch(() => undefined);
    throw new TrimtabError('too_large', `a request may have ${mebibytes} MiB`);
  },
});

/** The JSON body as the schema says. Throws 415, 400 or 422 with JSON pointers; nothing has happened then. */
export async function bodyOf<T>(context: Context<ApiEnv>, schema: z.ZodType<T>): Promise<T> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/(?:[\w.]+\+)?json\b/i.test(type))
    throw new TrimtabError('unsupported_media_type', `the body is '${type || 'of no type'}', not application/json`);
  let value: unknown;
  try {
    value = JSON.parse(utf8(await context.req.arrayBuffer()));
  } catch (error) {
    if (error instanceof TrimtabError) throw error;
    throw new TrimtabError('bad_request', 'the body is not JSON');
  }
  const bad = unstorable(value);
  if (bad !== null) {
    const pointer = pointerTo(bad.path);
    throw new TrimtabError('invalid_input', `the request does not fit: ${pointer || '/'} ${bad.why}`, {
      errors: [{ pointer, detail: bad.why }],
    });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw misfit('the request', parsed.error);
  return parsed.data;
}

/** JSON is UTF-8 (RFC 8259). Another encoding would be stored as replacement characters, which nobody can read back. */
function utf8(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TrimtabError('bad_request', 'the body is not UTF-8');
  }
}

/** The query as the schema says. Throws `bad_request`. */
export function queryOf<T>(context: Context<ApiEnv>, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(context.req.query());
  if (!parsed.success) throw new TrimtabError('bad_request', misfit('the query', parsed.error).message);
  return parsed.data;
}
