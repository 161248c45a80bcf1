import type { Provider } from '../src/providers/provider.ts';
import type { PinnedModel } from '../src/shapes/plan.ts';

/** A call of a model that is quicker than this is short enough for a local activity, which holds a workflow task. */
const quickMs = 3_000;
const window = 200;
const enough = 20;

/** How fast models answer, as this worker has seen. */
export interface Pace {
  watch(providers: ReadonlyMap<string, Provider>): Map<string, Provider>;
  /** `regular` until 20 answers were measured; then by the 95th percentile of the last 200 and of the calls that hang. */
  placeOf(model: Pick<PinnedModel, 'provider' | 'model'>): 'local' | 'regular';
}

export function createPace(now: () => number = () => performance.now()): Pace {
  const seen = new Map<string, number[]>();
  /** When each call that is under way began. */
  const underWay = new Map<string, Set<{ since: number }>>();
  const note = (name: string, ms: number): void => {
    const times = seen.get(name) ?? [];
    times.push(ms);
    if (times.length > window) times.shift();
    seen.set(name, times);
  };
  const begun = (name: string, since: number): (() => void) => {
    const calls = underWay.get(name) ?? new Set();
    underWay.set(name, calls);
    const call = { since };
    calls.add(call);
    return () => calls.delete(call);
  };
  return {
    watch: (providers) =>
      new Map(
        [...providers].map(([name, provider]) => [
          name,
          {
            ...provider,
            async complete(request, options) {
              const since = now();
              const ended = begun(`${name}/${request.model}`, since);
              try {
                const completion = await provider.complete(request, options);
                // What failed at once says nothing about how long an answer takes.
                if (completion.type === 'answer') note(`${name}/${request.model}`, now() - since);
                return completion;
              } finally {
                ended();
              }
            },
          },
        ]),
      ),
    placeOf({ provider, model }) {
      const times = seen.get(`${provider}/${model}`) ?? [];
      const quick = times.filter((ms) => ms < quickMs).length;
      const hanging = [...(underWay.get(`${provider}/${model}`) ?? [])].filter(({ since }) => now() - since >= quickMs).length;
      return times.length >= enough && quick >= Math.ceil((times.length + hanging) * 0.95) ? 'local' : 'regular';
    },
  };
}
