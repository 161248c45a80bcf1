import type { Database } from '../src/store/database.ts';
import { gather } from '../src/store/gatherings.ts';
import { newId } from '../src/store/ids.ts';
import type { Leased } from '../src/store/outbox-queue.ts';

/** Which of leased messages are told, and as what. Throws when Postgres is away: what was leased comes back by itself. */
export type GatherStarts = (leased: readonly Leased[], underWay: readonly Leased[]) => Promise<Leased[]>;

/** A start so soon after another of its chain is not alone. */
const soonMs = 1_000;

/**
 * Starts of a chain that come together, soon after each other, or while another of that chain is being told, become one word to
 * Temporal: a workflow costs more than the runs of a gathering. A start that comes alone stays as it is.
 */
export function gatherStarts(db: Database): GatherStarts {
  const lastOf = new Map<string, number>();
  return async (leased, underWay) => {
    const told: Leased[] = [];
    const fresh = leased.filter((message) => message.fresh);
    const gathered = new Set<number>();
    const now = performance.now();
    for (const chain of new Set(fresh.map(chainOf))) {
      const starts = fresh.filter((message) => chainOf(message) === chain);
      const isSoon = now - (lastOf.get(chain) ?? -soonMs) < soonMs;
      lastOf.set(chain, now);
      if (starts.length < 2 && !isSoon && !underWay.some((message) => message.topic === 'temporal.start' && chainOf(message) === chain))
        continue;
      const made = await gather(db, { id: newId('gat'), chain, starts });
      if (made === null) continue;
      told.push(made.word);
      for (const id of made.gathered) gathered.add(id);
    }
    return [...told, ...leased.filter(({ id }) => !gathered.has(id))];
  };
}

const chainOf = ({ payload }: Leased): string => (payload as { chain?: string } | null)?.chain ?? '';
