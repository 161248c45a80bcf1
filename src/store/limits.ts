import { sql, type Transaction } from 'kysely';
import type { Admission, AdmissionRequest, GrantEnd, GrantRenewal, HeardLimit } from '../shapes/limit.ts';
import type { Database } from './database.ts';
import { share } from './limit-share.ts';
import type { Tables } from './schema.ts';
import { transact } from './transact.ts';

type Tx = Transaction<Tables>;

/** A little more than a minute: calls do not reach the provider at the moment they are let through. It costs 0.8 % of the limit. */
const slack = 1 + 1 / 120;
const minuteMs = 60_000 * slack;
/** A sixth of the minute's calls may go in ten seconds: nobody takes a whole minute's at once, and who comes late waits ten seconds. */
const parts = 6;
const burstMs = minuteMs / parts;
/** A process asks at least so often while calls wait in it, and is taken for gone after `goneMs`. */
const longestMs = 2_000;
const shortestMs = 5;
const goneMs = 10_000;
/** Where calls under way are counted, one that its process has not renewed for so long is over: the worker was lost. */
const lostMs = 30_000;

/**
 * Let calls through as the account's limits allow: no window of a minute holds more than `requests_per_minute`, what chains had
 * in the last minute decides whose turn it is, and what the provider itself said it has left is not overdrawn. One transaction
 * that holds the account's row: processes take turns.
 */
export const admit = (db: Database, request: AdmissionRequest): Promise<Admission> =>
  transact(db, async (tx) => {
    const account = await lockAccount(tx, request);
    await keepBooks(tx, request, account.now);
    const use = await usage(tx, request, account);
    const room = roomOf(request, account, use);
    const demand = { waiting: request.waiting, used: use.chains, elsewhere: await elsewhere(tx, request, account.now) };
    const { granted, short } = share(room, demand);
    await insertGrants(tx, { request, granted, now: account.now });
    const left = request.waiting.length - granted.length;
    await sayWaiting(tx, { request, granted: new Set(granted.map(({ id }) => id)), now: account.now });
    const again = left === 0 ? longestMs : await nextChance(tx, { request, account, granted: granted.length, short });
    return { granted: granted.map(({ id }) => id), again_ms: Math.ceil(Math.min(longestMs, Math.max(shortestMs, again))) };
  });

/** The account's row, with the time in ms. */
interface Account {
  now: number;
  paused_until: number | null;
  heard_at: number | null;
  requests_limit: number | null;
  requests_left: number | null;
  requests_full_at: number | null;
  tokens_limit: number | null;
  tokens_left: number | null;
  tokens_full_at: number | null;
}

const ms = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`);
const at = (time: number) => sql`to_timestamp(${time}::float8 / 1000)`;

async function lockAccount(tx: Tx, { account, now }: AdmissionRequest): Promise<Account> {
  await sql`insert into provider_accounts (account) values (${account}) on conflict do nothing`.execute(tx);
  // The clock is read once the row is ours: who waited for it does not bring an old time along.
  await sql`select 1 from provider_accounts where account = ${account} for update`.execute(tx);
  const { rows } = await sql<Account>`
    select coalesce(${now}::float8, ${ms('clock_timestamp()')}) as now, ${ms('paused_until')} as paused_until, ${ms('heard_at')} as heard_at,
      requests_limit, requests_left, ${ms('requests_full_at')} as requests_full_at,
      tokens_limit, tokens_left, ${ms('tokens_full_at')} as tokens_full_at
    from provider_accounts where account = ${account}`.execute(tx);
  return rows[0] as Account;
}

/** Forget what does not count any more: calls of an earlier minute that are over, and processes that are gone. */
async function keepBooks(tx: Tx, { account }: AdmissionRequest, now: number): Promise<void> {
  await sql`delete from provider_grants where account = ${account} and at <= ${at(now - minuteMs)} and (done or until <= ${at(now)})`.execute(
    tx,
  );
  await sql`delete from provider_waiting where account = ${account} and seen_at <= ${at(now - goneMs)}`.execute(tx);
}

interface Use {
  minute: number;
  burst: number;
  running: number;
  tokens: number;
  /** Since the provider's headers were heard. */
  since: number;
  tokens_since: number;
  chains: Map<string, number>;
}

async function usage(tx: Tx, { account }: AdmissionRequest, { now, heard_at }: Account): Promise<Use> {
  const recent = sql`at > ${at(now - minuteMs)}`;
  const { rows } = await sql<Omit<Use, 'chains'> & { chain: string }>`
    select chain, count(*) filter (where ${recent}) as minute, count(*) filter (where at > ${at(now - burstMs)}) as burst,
      count(*) filter (where not done and until > ${at(now)}) as running,
      coalesce(sum(tokens) filter (where ${recent}), 0)::float8 as tokens,
      count(*) filter (where at > ${at(heard_at ?? now)}) as since,
      coalesce(sum(tokens) filter (where at > ${at(heard_at ?? now)}), 0)::float8 as tokens_since
    from provider_grants where account = ${account} group by chain`.execute(tx);
  const sum = (key: Exclude<keyof Use, 'chains'>): number => rows.reduce((total, row) => total + row[key], 0);
  return {
    minute: sum('minute'),
    burst: sum('burst'),
    running: sum('running'),
    tokens: sum('tokens'),
    since: sum('since'),
    tokens_since: sum('tokens_since'),
    chains: new Map(rows.map(({ chain, minute }) => [chain, minute])),
  };
}

function roomOf({ limits }: AdmissionRequest, account: Account, use: Use) {
  const { requests_per_minute: requests = Infinity, tokens_per_minute = Infinity, concurrency = Infinity } = limits;
  const { now } = account;
  const paused = account.paused_until !== null && account.paused_until > now;
  const heard = (kind: 'requests' | 'tokens'): number =>
    refilled(now, {
      limit: account[`${kind}_limit`],
      left: account[`${kind}_left`],
      full_at: account[`${kind}_full_at`],
      heard_at: account.heard_at,
    });
  const calls = Math.min(
    requests - use.minute,
    Math.ceil(requests / parts) - use.burst,
    concurrency - use.running,
    heard('requests') - use.since,
  );
  const tokens = Math.min(tokens_per_minute - use.tokens, heard('tokens') - use.tokens_since);
  return {
    calls: paused ? 0 : Math.max(0, Math.floor(Math.min(calls, mostAtOnce))),
    tokens: Number.isFinite(tokens) ? tokens : null,
    idle: use.tokens === 0,
  };
}
const mostAtOnce = 10_000;

/** Providers fill their buckets evenly: what was left, and the part of the rest that has come back since. */
function refilled(
  now: number,
  heard: { limit: number | null; left: number | null; full_at: number | null; heard_at: number | null },
): number {
  const { limit, left, full_at, heard_at } = heard;
  if (limit === null || left === null || full_at === null || heard_at === null || now >= full_at) return Infinity;
  return left + ((limit - left) * Math.max(0, now - heard_at)) / Math.max(1, full_at - heard_at);
}

async function elsewhere(tx: Tx, { account, process }: AdmissionRequest, now: number): Promise<Map<string, number>> {
  const { rows } = await sql<{ chain: string; calls: number }>`
    select chain, sum(calls)::int as calls from provider_waiting
    where account = ${account} and process <> ${process} and seen_at > ${at(now - goneMs)} group by chain`.execute(tx);
  return new Map(rows.map(({ chain, calls }) => [chain, calls]));
}

async function insertGrants(
  tx: Tx,
  { request, granted, now }: { request: AdmissionRequest; granted: AdmissionRequest['waiting']; now: number },
): Promise<void> {
  if (granted.length === 0) return;
  const most = request.limits.concurrency === undefined ? Infinity : lostMs;
  await sql`
    insert into provider_grants (id, account, chain, at, tokens, until)
    select id, ${request.account}, chain, ${at(now)}, tokens, to_timestamp((${now}::float8 + timeout_ms) / 1000)
    from unnest(${granted.map(({ id }) => id)}::uuid[], ${granted.map(({ chain }) => chain)}::text[],
      ${granted.map(({ tokens }) => Math.round(tokens))}::bigint[], ${granted.map(({ timeout_ms }) => Math.min(timeout_ms, most))}::float8[])
      as call (id, chain, tokens, timeout_ms)`.execute(tx);
}

async function sayWaiting(
  tx: Tx,
  { request, granted, now }: { request: AdmissionRequest; granted: ReadonlySet<string>; now: number },
): Promise<void> {
  const { account, process, waiting } = request;
  const counts = new Map<string, number>();
  for (const { id, chain } of waiting) if (!granted.has(id)) counts.set(chain, (counts.get(chain) ?? 0) + 1);
  await sql`delete from provider_waiting where account = ${account} and process = ${process}`.execute(tx);
  if (counts.size === 0) return;
  await sql`
    insert into provider_waiting (account, chain, process, calls, seen_at)
    select ${account}, chain, ${process}, calls, ${at(now)} from unnest(${[...counts.keys()]}::text[], ${[...counts.values()]}::int[]) as chain (chain, calls)`.execute(
    tx,
  );
}

/** Ms until something may be free: the oldest call that fills a window leaves it, or a pause ends. What ends by itself is asked for often. */
async function nextChance(
  tx: Tx,
  { request, account, granted, short }: { request: AdmissionRequest; account: Account; granted: number; short: boolean },
): Promise<number> {
  const { now, paused_until } = account;
  if (paused_until !== null && paused_until > now) return paused_until - now;
  const { requests_per_minute } = request.limits;
  const leaves = async (window: number, most: number): Promise<number> => {
    const { rows } = await sql<{ at: number }>`
      select ${ms('at')} as at from provider_grants where account = ${request.account} and at > ${at(now - window)}
      order by at desc offset ${Math.max(0, most - 1)} limit 1`.execute(tx);
    return rows[0] === undefined ? 0 : rows[0].at + window - now;
  };
  const waits = [short ? await oldestLeaves(tx, request.account, now) : 0];
  if (requests_per_minute !== undefined) {
    waits.push(await leaves(minuteMs, requests_per_minute), await leaves(burstMs, Math.ceil(requests_per_minute / parts)));
  }
  const wait = Math.max(...waits);
  return wait > 0 ? wait : granted > 0 ? shortestMs : oftenMs;
}
const oftenMs = 250;

async function oldestLeaves(tx: Tx, account: string, now: number): Promise<number> {
  const { rows } = await sql<{ at: number | null }>`
    select min(${ms('at')}) as at from provider_grants where account = ${account} and at > ${at(now - minuteMs)}`.execute(tx);
  return rows[0]?.at ? rows[0].at + minuteMs - now : 0;
}

/** Calls under way keep their places. */
export async function renew(db: Database, { ids, now }: GrantRenewal): Promise<void> {
  await sql`
    update provider_grants set until = to_timestamp((coalesce(${now}::float8, ${ms('clock_timestamp()')}) + ${lostMs}) / 1000)
    where id = any(${[...ids]}::uuid[]) and not done`.execute(db);
}

/** A call is over: what it took, and what the provider said of its limits. */
export async function release(db: Database, end: GrantEnd): Promise<void> {
  const { id, account, tokens, pause_ms, heard, now } = end;
  const { rows } = await sql<{ at: number }>`
    update provider_grants set done = true, tokens = coalesce(${tokens}::bigint, tokens) where id = ${id} returning ${ms('at')} as at`.execute(
    db,
  );
  if (pause_ms !== null && pause_ms > 0) await pause(db, { account, pause_ms, now });
  if (heard !== null && rows[0] !== undefined) await hear(db, { account, heard, at: rows[0].at });
}

async function pause(db: Database, { account, pause_ms, now }: { account: string; pause_ms: number; now: number | null }): Promise<void> {
  await sql`
    update provider_accounts set paused_until = greatest(paused_until, to_timestamp((coalesce(${now}::float8, ${ms('clock_timestamp()')}) + ${pause_ms}) / 1000))
    where account = ${account}`.execute(db);
}

/** Counted from when the call was let through: what went out after it, the provider may not have seen. */
async function hear(
  db: Database,
  { account, heard, at: since }: { account: string; heard: NonNullable<GrantEnd['heard']>; at: number },
): Promise<void> {
  const full = (limit: HeardLimit | null) => (limit === null ? null : since + limit.full_ms);
  const time = (value: number | null) => sql`to_timestamp(${value}::float8 / 1000)`;
  await sql`
    update provider_accounts set heard_at = ${at(since)},
      requests_limit = ${heard.requests?.limit ?? null}, requests_left = ${heard.requests?.left ?? null}, requests_full_at = ${time(full(heard.requests))},
      tokens_limit = ${heard.tokens?.limit ?? null}, tokens_left = ${heard.tokens?.left ?? null}, tokens_full_at = ${time(full(heard.tokens))}
    where account = ${account} and (heard_at is null or heard_at < ${at(since)})`.execute(db);
}
