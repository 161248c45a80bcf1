import { sql } from 'kysely';
import type { Client } from './client.ts';
import { judge, type Counts } from './fault.ts';
import { liveness, settle } from './invariants.ts';
import type { People } from './people.ts';
import type { FaultStack } from './stack.ts';
import { endedAsMeant, type Traffic } from './traffic.ts';
import { within } from './until.ts';

const open = async ({ db }: FaultStack): Promise<string[]> =>
  (await db.selectFrom('runs').select(['id', 'status']).where('status', 'in', ['running', 'blocked', 'waiting']).limit(5).execute()).map(
    ({ id, status }) => `${id} is ${status}`,
  );

/** From the start of a call whose worker died until another took it over, at most: longer than from the death. Its next attempt begins then. */
async function slowestTakeover({ db }: FaultStack): Promise<number> {
  const { rows } = await sql<{ ms: number | null }>`
    select max(extract(epoch from ended_at - started_at) * 1000)::int as ms from attempts where outcome = 'abandoned'`.execute(db);
  return rows[0]?.ms ?? 0;
}

/**
 * Once nothing is killed any more: everything comes to its end, the records are looked at, a new run comes to its review, and
 * every run has ended as its question says. `lost`: what the scenario found missing itself. Throws where it does not hold.
 */
export async function ending(
  stack: FaultStack,
  client: Client,
  options: { traffic: readonly Traffic[]; people: People; kills: number; lost?: () => Promise<string[]>; notes?: Counts['notes'] },
): Promise<Counts> {
  // What still waits then waits for nobody: whoever decides while the records are looked at would make them disagree.
  await within(180_000, 'every run has ended', async () => (await open(stack)).length === 0).catch(async (error: Error) => {
    throw new Error(`${error.message} (${(await open(stack)).join(', ')})`);
  });
  await options.people.leave();
  const found = await settle(stack, client, { withinMs: 120_000 });
  const aliveMs = await liveness(stack, client);
  const ended = await Promise.all(options.traffic.map((traffic) => endedAsMeant(stack, traffic)));
  const lost = [...found.lost, ...ended.flatMap(({ wrong }) => wrong), ...((await options.lost?.()) ?? [])];
  return judge({
    operations: client.accepted.size + client.decided.size,
    kills: options.kills,
    succeeded: ended.reduce((sum, { right }) => sum + right, 0) + 1 + client.decided.size,
    lost: lost.length,
    doubled: found.doubled.length,
    notes: {
      ...options.notes,
      'new run ms': aliveMs,
      'taken over ms': await slowestTakeover(stack),
      requests: client.sent,
      findings: [...lost, ...found.doubled].slice(0, 5).join('; '),
    },
  });
}
