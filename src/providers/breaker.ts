import type { BreakerState } from '../shapes/breaker.ts';
import type { Completion, Provider } from './provider.ts';

/** Where the state is kept: Postgres, for all workers. */
export interface BreakerStore {
  read(account: string): Promise<BreakerState>;
  failed(account: string, trouble: string): Promise<BreakerState>;
  close(account: string): Promise<void>;
  probe(account: string): Promise<boolean>;
  giveBack(account: string): Promise<void>;
}

/** A state this old is read again before the next call. */
const staleMs = 2_000;

interface Known {
  state: BreakerState;
  at: number;
}

/**
 * Leave a provider alone while it is down: after ten failures in a row calls are answered `overloaded` without being made, so that
 * the loop goes on at once to a rung `model` of another provider, where the ladder has one. When the pause is over one call tries. What the
 * breaker cannot learn because its store is away does not stop a call. `now`: a clock that a test holds, in ms.
 */
export function withBreaker(provider: Provider, store: BreakerStore, now: () => number = Date.now): Provider {
  const { name } = provider;
  let known: Known | null = null;
  const learn = (state: BreakerState): BreakerState => {
    known = { state, at: now() };
    return state;
  };
  const state = async (): Promise<BreakerState> => {
    if (known === null || now() - known.at >= staleMs) return learn(await store.read(name));
    const { open_ms } = known.state;
    return open_ms === null ? known.state : { ...known.state, open_ms: Math.max(0, open_ms - (now() - known.at)) };
  };
  const tell = async (completion: Completion, probing: boolean): Promise<void> => {
    const kind = completion.type === 'nothing' ? signOf[completion.outcome] : 'up';
    if (kind === 'down' && completion.type === 'nothing') learn(await store.failed(name, completion.message));
    else if (kind === 'up' && (probing || (known !== null && known.state.failures > 0))) {
      await store.close(name);
      learn(closed);
    } else if (probing) await store.giveBack(name);
  };
  return {
    name,
    async complete(request, options) {
      const before = await state().catch(() => closed);
      const probing = before.open_ms === 0 && (await store.probe(name).catch(() => true));
      if (before.open_ms !== null && !probing) return leftAlone(name, before);
      const completion = await provider.complete(request, options);
      await tell(completion, probing).catch(() => undefined);
      return completion;
    },
  };
}

const closed: BreakerState = { failures: 0, open_ms: null, trouble: null };

/** Whether an outcome says that the provider is there. What it says of a limit or of us it could not say if it were down. */
const signOf: Readonly<Record<string, 'up' | 'down' | undefined>> = {
  overloaded: 'down',
  transport: 'down',
  rate_limited: 'up',
  invalid: 'up',
  truncated: 'up',
  refused: 'up',
  filtered: 'up',
  empty: 'up',
  too_large: 'up',
  spend_cap: 'up',
  auth: 'up',
  model_gone: 'up',
};

const leftAlone = (name: string, { open_ms, trouble }: BreakerState): Completion => ({
  type: 'nothing',
  outcome: 'overloaded',
  left_alone: true,
  message:
    `${name} is not asked ${open_ms ? `for another ${Math.ceil(open_ms / 1_000)} s` : 'while another call tries it'}, it was down: ${trouble ?? 'no reason given'}`.slice(
      0,
      300,
    ),
  retry_after_ms: null,
  text: null,
  usage: null,
});
