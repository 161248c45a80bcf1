import { sql } from 'kysely';
import type { Client } from './client.ts';
import type { FaultStack } from './stack.ts';
import { within } from './until.ts';

/** What is wrong with the records, each with a name and what it is about. Empty is right. */
export interface Findings {
  lost: string[];
  doubled: string[];
}

/**
 * Look at everything, when nothing is under way any more: every accepted start ended or waits; attempts are contiguous and
 * none is open; a review has one decision; receivers have heard each id that left, and no other; no text outlives its run.
 */
export async function lookAtRecords(stack: FaultStack, client: Client): Promise<Findings> {
  const rows = await Promise.all([missingRuns(stack, client), badRows(stack), receivers(stack)]);
  return {
    lost: rows.flatMap(({ lost }) => lost),
    doubled: [
      ...rows.flatMap(({ doubled }) => doubled),
      ...stack.model.askedTwice().map((id) => `asked twice: ${id}`),
      ...client.contradictions,
    ],
  };
}

const settled = new Set(['succeeded', 'failed', 'cancelled', 'waiting']);

async function missingRuns({ db }: FaultStack, { accepted }: Client): Promise<Findings> {
  const known = new Map((await db.selectFrom('runs').select(['id', 'status']).execute()).map((run) => [run.id, run.status]));
  const ids = [...accepted.values()];
  return {
    lost: ids.flatMap((id) => (settled.has(known.get(id) ?? '') ? [] : [`run ${id} is ${known.get(id) ?? 'gone'}`])),
    doubled: known.size > new Set(ids).size ? [`${known.size} runs for ${new Set(ids).size} accepted starts`] : [],
  };
}

async function badRows({ db }: FaultStack): Promise<Findings> {
  const { rows } = await sql<{ kind: 'lost' | 'doubled'; what: string }>`
    select 'lost' as kind, 'attempts not contiguous: ' || concat_ws('/', run_id, step, occurrence) as what
      from attempts where call = 'draft' group by run_id, step, occurrence having min(attempt) <> 1 or max(attempt) <> count(*)
    union all
    select 'lost', 'attempt without its draft: ' || concat_ws('/', run_id, step, occurrence, attempt, call)
      from attempts a where call <> 'draft' and not exists (select 1 from attempts d
        where (d.run_id, d.step, d.occurrence, d.attempt, d.call) = (a.run_id, a.step, a.occurrence, a.attempt, 'draft'))
    union all
    select 'lost', 'open call of a run that is ' || r.status || ': ' || concat_ws('/', a.run_id, a.step, a.occurrence, a.attempt, a.call)
      from attempts a join runs r on r.id = a.run_id where a.status = 'started' and r.status <> 'running'
    union all
    select 'lost', 'finished draft without outcome: ' || concat_ws('/', a.run_id, a.step, a.occurrence, a.attempt)
      from attempts a join runs r on r.id = a.run_id where a.call = 'draft' and a.outcome is null and r.status = 'succeeded'
    union all
    select 'doubled', 'several accepted attempts: ' || concat_ws('/', run_id, step, occurrence)
      from attempts where call = 'draft' and outcome = 'accepted' group by run_id, step, occurrence having count(*) > 1
    union all
    select 'lost', 'review ' || v.id || ' is ' || v.status || ' with ' || (select count(*) from decisions d where d.review_id = v.id) || ' decisions'
      from reviews v where (v.status = 'decided') <> exists (select 1 from decisions d where d.review_id = v.id)
    union all
    select 'lost', 'decision without its audit or outbox row: ' || d.id from decisions d
      where not exists (select 1 from audit a where a.detail ->> 'decision_id' = d.id) or not exists (select 1 from outbox o where o.dedupe = 'decision:' || d.review_id)
    union all
    select 'lost', 'run that waits for nobody: ' || r.id from runs r
      where r.status = 'waiting' and not exists (select 1 from reviews v where v.run_id = r.id and v.status = 'pending')
    union all
    select 'lost', 'word not told: ' || o.topic || ' ' || o.id || ' ' || coalesce(o.last_error, '') from outbox o where o.done_at is null
    union all
    select 'lost', 'text without its run: ' || t.hash from texts t where not exists (select 1 from runs r where r.id = t.run_id)`.execute(
    db,
  );
  return {
    lost: rows.filter(({ kind }) => kind === 'lost').map(({ what }) => what),
    doubled: rows.filter(({ kind }) => kind === 'doubled').map(({ what }) => what),
  };
}

/** What went out, by what the records say must have gone out. A deleted run has taken its words with it. */
async function receivers({ db, desk, hooks }: FaultStack): Promise<Findings> {
  const deleted = new Set((await db.selectFrom('runs').select('id').where('deleted_at', 'is not', null).execute()).map(({ id }) => id));
  const acts = await sql<{ key: string; run_id: string }>`
    select sent ->> 'idempotency_key' as key, run_id from attempts where step = 'send' and call = 'draft' and result = 'answer'`.execute(
    db,
  );
  const words = await sql<{ id: string }>`select 'dlv_' || id as id from outbox where topic = 'webhook' and done_at is not null`.execute(
    db,
  );
  const perRun = new Map<string, Set<string>>();
  for (const { key, run_id } of acts.rows) perRun.set(run_id, (perRun.get(run_id) ?? new Set()).add(key));
  const keys = new Set(acts.rows.map(({ key }) => key));
  const ids = new Set(words.rows.map(({ id }) => id));
  const unknown = [...hooks.effects].filter(([id, body]) => !ids.has(id) && !deleted.has(runOf(body)));
  return {
    lost: [
      ...[...keys].filter((key) => !desk.effects.has(key)).map((key) => `the desk never heard of ${key}`),
      ...words.rows.filter(({ id }) => !hooks.effects.has(id)).map(({ id }) => `the receiver never heard of ${id}`),
    ],
    doubled: [
      ...[...perRun].filter(([, several]) => several.size > 1).map(([run]) => `run ${run} acted under several keys`),
      ...unknown.map(([id]) => `the receiver has ${id}, the outbox has not`),
      ...[...desk.effects.keys()].filter((key) => !keys.has(key)).map((key) => `the desk has ${key}, the records have not`),
    ],
  };
}

const runOf = (body: string): string => /"run_id":"(run_[^"]+)"/.exec(body)?.[1] ?? '';

/** Until no run is under way and every word is told; then the records. */
export async function settle(stack: FaultStack, client: Client, options: { withinMs?: number } = {}): Promise<Findings> {
  const open = async (): Promise<string[]> => {
    const { rows } = await sql<{ what: string }>`
      select id || ' is ' || status as what from runs where status in ('running', 'blocked') union all
      select topic || ' of ' || coalesce(run_id, '') from outbox where done_at is null and failed_at is null limit 5`.execute(stack.db);
    return rows.map(({ what }) => what);
  };
  let left: string[] = [];
  await within(options.withinMs ?? 60_000, 'nothing is under way', async () => (left = await open()).length === 0).catch((error: Error) => {
    throw new Error(`${error.message} (${left.join(', ')})`);
  });
  return lookAtRecords(stack, client);
}

/** A new run ends or waits within 30 s. Returns the milliseconds it took. */
export async function liveness(stack: FaultStack, client: Client): Promise<number> {
  const from = Date.now();
  const id = await client.start(`alive ${from}`);
  await within(30_000, 'a new run waits for a person', async () => {
    const { body } = await stack.call(`/v1/runs/${id}`);
    return settled.has((body as { status: string }).status);
  });
  return Date.now() - from;
}
