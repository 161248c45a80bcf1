import type { Database } from '../src/store/database.ts';
import { gather } from '../src/store/gatherings.ts';
import { newId } from '../src/store/ids.ts';
import type { Leased } from '../src/store/outbox-queue.ts';

/**
 * Starts of a chain that come together, or while another of that chain is being told, become one word to Temporal: a workflow
 * costs more than the runs of a gathering. A start that comes alone stays as it is. Throws when Postgres is away: what was
 * leased comes back by itself.
 */
export async function gatherStarts(db: Database, leased: readonly Leased[], underWay: readonly Leased[]): Promise<Leased[]> {
  const told: Leased[] = [];
  const fresh = leased.filter((message) => message.fresh);
  const gathered = new Set<number>();
  for (const chain of new Set(fresh.map(chainOf))) {
    const starts = fresh.filter((message) => chainOf(message) === chain);
    if (starts.length < 2 && !underWay.some((message) => message.topic === 'temporal.start' && chainOf(message) === chain)) continue;
    const made = await gather(db, { id: newId('gat'), chain, starts });
    if (made === null) continue;
    told.push(made.word);
    for (const id of made.gathered) gathered.add(id);
  }
  return [...told, ...leased.filter(({ id }) => !gathered.has(id))];
}

const chainOf = ({ payload }: Leased): string => (payload as { chain?: string } | null)?.chain ?? '';
