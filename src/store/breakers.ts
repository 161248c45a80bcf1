import { sql } from 'kysely';
import type { BreakerState, ProviderState } from '../shapes/breaker.ts';
import { plain, type Handle } from './database.ts';

/** So many calls in a row must fail, none of them longer than this after the one before. More than one run makes by itself before it is parked. */
const threshold = 10;
const forgetMs = 60_000;
/** First pause, doubled each time the provider is still down, up to ten minutes. */
const firstMs = 30_000;
const longestMs = 600_000;
/** A probe that says nothing for so long is lost with its worker. */
const probeMs = 120_000;

/** `now`: ms, for a clock that a test holds; else the database's. */
interface At {
  account: string;
  now: number | null;
}

const time = (now: number | null) => sql`coalesce(to_timestamp(${now}::float8 / 1000), clock_timestamp())`;
const state = (now: number | null) =>
  sql`failures, trouble, greatest(0, extract(epoch from open_until - ${time(now)}) * 1000)::float8 as open_ms, open_until is null as closed`;

type Row = BreakerState & { closed: boolean };
const stateOf = (row: Row | undefined): BreakerState =>
  row === undefined
    ? { failures: 0, open_ms: null, trouble: null }
    : { failures: row.failures, trouble: row.trouble, open_ms: row.closed ? null : row.open_ms };

export async function readBreaker(db: Handle, { account, now }: At): Promise<BreakerState> {
  const { rows } = await sql<Row>`select ${state(now)} from provider_accounts where account = ${account}`.execute(db);
  return stateOf(rows[0]);
}

/** One more failure. The tenth in a row opens the breaker, and so does a probe that fails. */
export async function countFailure(db: Handle, { account, now, trouble }: At & { trouble: string }): Promise<BreakerState> {
  const at = time(now);
  await sql`insert into provider_accounts (account) values (${account}) on conflict do nothing`.execute(db);
  const counted = sql`(case when failed_at > ${at} - ${forgetMs} * interval '1 ms' then failures + 1 else 1 end)`;
  const opens = sql`(case when open_until is null then ${counted} >= ${threshold} else open_until <= ${at} end)`;
  const { rows } = await sql<Row>`
    update provider_accounts set failures = ${counted}, failed_at = ${at}, trouble = ${plain(trouble).slice(0, 300)}, probe_until = null,
      openings = openings + ${opens}::int,
      open_until = case when ${opens} then ${at} + least(${longestMs}, ${firstMs} * power(2, least(openings, 10))) * interval '1 ms' else open_until end
    where account = ${account} returning ${state(now)}`.execute(db);
  return stateOf(rows[0]);
}

/** The provider answers: closed, and forgotten. */
export async function closeBreaker(db: Handle, { account }: { account: string }): Promise<void> {
  await sql`
    update provider_accounts set failures = 0, failed_at = null, openings = 0, open_until = null, probe_until = null, trouble = null
    where account = ${account}`.execute(db);
}

/** May this call try a provider whose pause is over? One at a time. */
export async function takeProbe(db: Handle, { account, now }: At): Promise<boolean> {
  const { rows } = await sql`
    update provider_accounts set probe_until = ${time(now)} + ${probeMs} * interval '1 ms'
    where account = ${account} and open_until <= ${time(now)} and (probe_until is null or probe_until <= ${time(now)}) returning 1`.execute(
    db,
  );
  return rows.length === 1;
}

/** A probe that told nothing of the provider: the next call may try. */
export async function giveProbeBack(db: Handle, { account }: { account: string }): Promise<void> {
  await sql`update provider_accounts set probe_until = null where account = ${account}`.execute(db);
}

/** Every provider that was limited or in trouble, for metrics and doctor. */
export async function providerStates(db: Handle): Promise<ProviderState[]> {
  const { rows } = await sql<ProviderState>`
    select account as provider, trouble,
      case when open_until is null then 'closed' when open_until > now() then 'open' else 'half open' end as breaker,
      (select coalesce(sum(calls), 0)::int from provider_waiting w where w.account = a.account and seen_at > now() - interval '10 seconds') as waiting,
      (select count(*)::int from provider_grants g where g.account = a.account and at > now() - interval '1 minute') as last_minute
    from provider_accounts a order by account`.execute(db);
  return rows;
}
