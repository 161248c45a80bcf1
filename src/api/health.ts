import { messageOf } from '../errors.ts';
import { liveWorkers } from '../store/health.ts';
import type { ApiDependencies } from './deps.ts';
import type { Api } from './route.ts';

/** `/healthz`: the process lives. `/readyz`: what work needs is there; it names what is not. No key for either. */
export function healthRoutes(api: Api, deps: ApiDependencies): void {
  api.get('/healthz', (context) => context.json({ status: 'ok' }));
  api.get('/readyz', async (context) => {
    const [workers, temporal] = await Promise.all([
      liveWorkers(deps.db).catch((error: unknown) => messageOf(error)),
      deps.temporalTrouble(),
    ]);
    const missing = [
      ...(typeof workers === 'string'
        ? ['the database does not answer']
        : workers.length === 0
          ? ['no worker is there: start one with trimtab worker']
          : []),
      ...(temporal === null ? [] : [`Temporal does not answer: ${temporal}`]),
    ];
    return context.json({ status: missing.length === 0 ? 'ready' : 'not ready', missing }, missing.length === 0 ? 200 : 503);
  });
}
