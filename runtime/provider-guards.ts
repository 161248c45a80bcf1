import type { TrimtabConfig } from '../src/define/config.ts';
import { withBreaker, type BreakerStore } from '../src/providers/breaker.ts';
import { createLimiter, type Limiter } from '../src/providers/limiter.ts';
import type { Provider } from '../src/providers/provider.ts';
import { closeBreaker, countFailure, giveProbeBack, readBreaker, takeProbe } from '../src/store/breakers.ts';
import type { Database } from '../src/store/database.ts';
import { admit, release, renew } from '../src/store/limits.ts';

/** The limits of the config, shared by all workers through Postgres. */
export const sharedLimits = (db: Database, { limits = {} }: TrimtabConfig): Limiter =>
  createLimiter({
    limits,
    store: { admit: (request) => admit(db, request), release: (end) => release(db, end), renew: (renewal) => renew(db, renewal) },
  });

/** Every provider behind a breaker whose state all workers share. `now`: a clock that a test holds, in ms. */
export function guardedProviders(
  db: Database,
  providers: ReadonlyMap<string, Provider>,
  now?: () => number,
): ReadonlyMap<string, Provider> {
  const at = (account: string) => ({ account, now: now?.() ?? null });
  const store: BreakerStore = {
    read: (account) => readBreaker(db, at(account)),
    failed: (account, trouble) => countFailure(db, { ...at(account), trouble }),
    close: (account) => closeBreaker(db, { account }),
    probe: (account) => takeProbe(db, at(account)),
    giveBack: (account) => giveProbeBack(db, { account }),
  };
  return new Map([...providers].map(([name, provider]) => [name, withBreaker(provider, store, now)]));
}
