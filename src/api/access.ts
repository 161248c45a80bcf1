import type { Context, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { TrimtabError } from '../errors.ts';
import { findKeys, type Scope } from '../store/keys.ts';
import { findSession } from '../store/sessions.ts';
import { together } from '../store/together.ts';
import { again } from '../store/transact.ts';
import type { Actor, ApiDependencies, ApiEnv } from './deps.ts';

export const sessionCookie = 'trimtab_session';
const userScopes: readonly Scope[] = ['runs:read', 'runs:write', 'reviews:decide'];
const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Only our own name is served: a page on another name that resolves to us (DNS rebinding) gets nothing. */
export function checkHost(publicUrl: string): MiddlewareHandler<ApiEnv> {
  const { host, port } = new URL(publicUrl);
  const known = new Set([host, ...['127.0.0.1', 'localhost', '[::1]'].map((name) => (port ? `${name}:${port}` : name))]);
  return async (context, next) => {
    const asked = context.req.header('host') ?? new URL(context.req.url).host;
    if (!known.has(asked)) throw new TrimtabError('forbidden', `this server does not answer for '${asked}'; it is ${publicUrl}`);
    await next();
  };
}

/** Who asks. Rejects with `unauthorized` for a key that was revoked and a session that is over. */
export type WhoAsks = (context: Context<ApiEnv>) => Promise<Actor>;

/**
 * Keys of requests that come together are looked up together: ten thousand statements of a flood would stand before those of the requests that it
 * lets in. Each is looked up after its request has come, so a key that is revoked is refused from then on.
 */
export function whoAsks({ db, publicUrl }: Pick<ApiDependencies, 'db' | 'publicUrl'>): WhoAsks {
  const findKey = together((keys: readonly string[]) => findKeys(db, keys), { most: 500, lanes: 2 });
  return async (context) => {
    const bearer = /^Bearer (\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
    if (bearer !== undefined) {
      const key = await findKey(bearer);
      if (!key) throw new TrimtabError('unauthorized', 'the key is unknown or revoked');
      return { id: key.id, name: key.name, kind: 'key', scopes: key.scopes };
    }
    const session = getCookie(context, sessionCookie);
    const user = session === undefined ? null : await findSession(db, session);
    if (user === null) throw new TrimtabError('unauthorized', 'the request has no key and no session');
    if (!safe.has(context.req.method)) checkOrigin(context, publicUrl);
    return { id: `user:${user}`, name: user, kind: 'user', scopes: userScopes };
  };
}

/** Everything under /v1 needs a key or a session: default deny. */
export const identify =
  (who: WhoAsks): MiddlewareHandler<ApiEnv> =>
  async (context, next) => {
    context.set('actor', await again(() => who(context), { repeatable: true }));
    await next();
  };

/** A cookie goes along with any page's request; only our own page may change something with it. */
function checkOrigin(context: Context<ApiEnv>, publicUrl: string): void {
  const origin = context.req.header('origin');
  const own = new Set([new URL(publicUrl).origin, `http://${context.req.header('host') ?? ''}`]);
  if (origin === undefined || !own.has(origin))
    throw new TrimtabError('forbidden', `a request from ${origin ?? 'no page'} may not use this session`);
}

/** Refuse who lacks the scope, naming it. */
export function demand(context: Context<ApiEnv>, scope: Scope): Actor {
  const actor = context.get('actor');
  if (!actor.scopes.includes(scope)) throw new TrimtabError('forbidden', `this ${actor.kind} lacks the scope ${scope}`);
  return actor;
}
