import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, PendingReview } from './client.ts';
import type { FaultStack } from './stack.ts';
import { say } from './say.ts';
import { within } from './until.ts';

/** How a question of each kind must end. `blocked` parks on its first draft and goes on by a retry. */
const endings = {
  plain: 'succeeded',
  rude: 'succeeded',
  garbled: 'succeeded',
  busy: 'succeeded',
  blocked: 'succeeded',
  cancelled: 'cancelled',
  deleted: 'cancelled',
} as const;
type Kind = keyof typeof endings;
const kinds = Object.keys(endings) as Kind[];

export interface Traffic {
  /** Questions by the run that answers them. */
  asked: Map<string, Kind>;
  /** No more questions; what was asked is seen through to where a person or the machine takes over. */
  stop(): Promise<void>;
}

/**
 * Reviews that people must leave alone: their runs are to be cancelled or deleted while they wait. A run of which nobody knows
 * yet, since its start was not answered, may be one of them.
 */
export const forPeople =
  (traffic: Traffic) =>
  (review: PendingReview): boolean =>
    !['cancelled', 'deleted', 'unknown'].includes(traffic.asked.get(review.run_id) ?? 'unknown');

/** A stream of questions of every kind, `width` at a time, with what a client does beside: retry, cancel, delete. `urls`: asked in turn. */
export function startTraffic(client: Client, options: { width: number; name: string; only?: readonly Kind[]; limit?: number }): Traffic {
  const { width, name, limit = Infinity } = options;
  const mix = options.only ?? kinds;
  const asked = new Map<string, Kind>();
  let going = true;
  let n = 0;
  const one = async (): Promise<void> => {
    while (going && n < limit) {
      n += 1;
      const kind = mix[n % mix.length] ?? 'plain';
      const id = await client.start(`${name} ${n} ${kind}`);
      asked.set(id, kind);
      await seeThrough(client, { id, kind });
      say(`${kind} ${id} is seen through`);
    }
  };
  const work = Promise.all(Array.from({ length: width }, one));
  work.catch(() => undefined);
  return {
    asked,
    async stop() {
      going = false;
      await work;
    },
  };
}

const seen: Record<Kind, readonly string[]> = {
  plain: ['waiting', 'succeeded'],
  rude: ['waiting', 'succeeded'],
  garbled: ['waiting', 'succeeded'],
  busy: ['waiting', 'succeeded'],
  blocked: ['blocked', 'waiting', 'succeeded'],
  cancelled: ['waiting'],
  deleted: ['waiting'],
};

/** Looking oftener takes a server's CPU from what is looked at: at 50 ms, 14 questions took half a core. */
const lookEveryMs = 300;

async function seeThrough(client: Client, { id, kind }: { id: string; kind: Kind }): Promise<void> {
  const statusOf = async (): Promise<string> => (await client.call(`/v1/runs/${id}`)).body?.status as string;
  const look = async () => {
    const status = await statusOf();
    return seen[kind].includes(status) && status;
  };
  const reached = await within(600_000, `run ${id} (${kind}) is ${seen[kind].join(' or ')}`, look, lookEveryMs);
  if (reached === 'blocked') await insist(async () => (await client.call(`/v1/runs/${id}/retry`, { method: 'POST' })).status < 500);
  if (kind === 'cancelled') await insist(async () => (await client.call(`/v1/runs/${id}/cancel`, { method: 'POST' })).status < 500);
  if (kind === 'deleted') await insist(async () => [204, 404].includes((await client.call(`/v1/runs/${id}`, { method: 'DELETE' })).status));
}

/** Again until somebody answers. */
async function insist(ask: () => Promise<boolean>): Promise<void> {
  for (;;) {
    if (await ask().catch(() => false)) return;
    await sleep(100);
  }
}

/** Runs that ended as their question says they must, and those that did not. */
export async function endedAsMeant({ db }: FaultStack, traffic: Traffic): Promise<{ right: number; wrong: string[] }> {
  const rows = await db
    .selectFrom('runs')
    .select(['id', 'status', 'error'])
    .where('id', 'in', [...traffic.asked.keys()])
    .execute();
  const wrong = rows.filter(({ id, status }) => status !== endings[traffic.asked.get(id) ?? 'plain']);
  return {
    right: rows.length - wrong.length,
    wrong: wrong.map(({ id, status, error }) => `${id} (${traffic.asked.get(id)}) ${status} ${JSON.stringify(error)}`),
  };
}
