import { z } from '@hono/zod-openapi';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { signIn, signOut } from '../store/sessions.ts';
import { sessionCookie } from './access.ts';
import type { ApiDependencies } from './deps.ts';
import { route, type Api } from './route.ts';

const Me = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['key', 'user']),
  scopes: z.array(z.string()),
  demo_model: z.boolean(),
  temporal_ui: z.boolean(),
});

/** The one-time link begins a session; a used or old one leads to the page that says how to get another. */
export function sessionRoutes(api: Api, deps: ApiDependencies): void {
  const secure = deps.publicUrl.startsWith('https:');
  api.get('/sign-in', async (context) => {
    const signed = await signIn(deps.db, context.req.query('token') ?? '');
    if (!signed) return context.redirect('/sign-in-needed?reason=link');
    setCookie(context, sessionCookie, signed.session, { httpOnly: true, sameSite: 'Lax', secure, path: '/', expires: signed.expires_at });
    return context.redirect('/');
  });
  route(
    api,
    { method: 'get', path: '/v1/me', summary: 'Who you are here', scope: 'runs:read', tag: 'session', answer: Me },
    (context, actor) =>
      context.json({
        id: actor.id,
        name: actor.name,
        kind: actor.kind,
        scopes: [...actor.scopes],
        demo_model: deps.demoModel,
        temporal_ui: deps.temporalUrl('') !== null,
      }),
  );
  route(
    api,
    { method: 'post', path: '/v1/sign-out', summary: 'End this session', scope: 'runs:read', tag: 'session', status: 204 },
    async (context) => {
      const session = getCookie(context, sessionCookie);
      if (session !== undefined) await signOut(deps.db, session);
      deleteCookie(context, sessionCookie, { path: '/' });
      return context.body(null, 204);
    },
  );
}
