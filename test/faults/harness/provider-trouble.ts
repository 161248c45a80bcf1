import { sql } from 'kysely';
import type { Database } from '../../../src/store/database.ts';
import type { ProviderCall, Scripted } from '../../../testing/provider-server.ts';
import type { ApiAnswer, ApiCall } from '../../stack/call-api.ts';
import type { ScriptedModel } from './scripted-model.ts';
import { within } from './until.ts';

/** What the troubles are played on: a server and a worker whose provider is `model`. */
export interface Site {
  db: Database;
  model: ScriptedModel;
  call(path: string, options?: ApiCall): Promise<ApiAnswer>;
}

/** One way of saying "not now": `waits`: milliseconds that the next try must keep away, null: as long as the loop itself thinks right (2 s at least). */
export interface Form {
  says: string;
  headers: () => Record<string, string>;
  waits: number | null;
}
const dateIn = (ms: number): string => new Date(Date.now() + ms).toUTCString();

export const forms: readonly Form[] = [
  { says: 'seconds', headers: () => ({ 'retry-after': '1' }), waits: 1_000 },
  { says: 'a fraction of a second', headers: () => ({ 'retry-after': '0.4' }), waits: 400 },
  { says: 'zero', headers: () => ({ 'retry-after': '0' }), waits: 0 },
  { says: 'a negative number', headers: () => ({ 'retry-after': '-5' }), waits: 0 },
  { says: 'twice, joined', headers: () => ({ 'retry-after': '0, 1' }), waits: 1_000 },
  // A date has whole seconds, and the clocks of both are set by the answer's own date.
  { says: 'an HTTP date', headers: () => ({ date: dateIn(86_400_000), 'retry-after': dateIn(86_402_000) }), waits: 1_000 },
  { says: 'a date in the past', headers: () => ({ 'retry-after': dateIn(-60_000) }), waits: 0 },
  { says: 'retry-after-ms beside longer seconds', headers: () => ({ 'retry-after-ms': '300', 'retry-after': '60' }), waits: 300 },
  {
    says: "OpenAI's reset of what is used up",
    headers: () => ({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1s20ms',
      'x-ratelimit-remaining-tokens': '9000',
      'x-ratelimit-reset-tokens': '6h',
    }),
    waits: 1_020,
  },
  {
    says: "Anthropic's reset of what is used up",
    headers: () => ({
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': new Date(Date.now() + 1_500).toISOString(),
      date: dateIn(0),
    }),
    waits: 500,
  },
  { says: 'words', headers: () => ({ 'retry-after': 'soon' }), waits: null },
  { says: 'nothing', headers: () => ({}), waits: null },
];
/** Longer than anybody is waited for: ten minutes in one go. */
export const absurd: readonly Form[] = [
  { says: 'a year', headers: () => ({ 'retry-after': '31536000' }), waits: 600_000 },
  { says: 'a day of the next century', headers: () => ({ 'retry-after': 'Fri, 24 Nov 2126 10:00:00 GMT' }), waits: 600_000 },
];

const limited = (form: Form): Scripted => ({
  status: 429,
  headers: form.headers(),
  body: { error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' } },
});
const spent: Scripted = {
  status: 429,
  headers: { 'retry-after': '1' },
  body: { error: { message: 'You exceeded your current quota', type: 'insufficient_quota', code: 'insufficient_quota' } },
};
const locked: Scripted = {
  status: 401,
  body: { error: { message: 'Incorrect API key', type: 'invalid_request_error', code: 'invalid_api_key' } },
};
const bursts = [500, 502, 503, 504, 520, 522, 524, 529];

/** A provider in trouble, by the first words of a question: `limited N …`, `absurd N …`, `spent …`, `locked …`, `burst …`. */
export interface TroubledProvider {
  say(call: ProviderCall, question: string): Scripted | null;
  /** When each question's drafts were asked for, in Unix ms. */
  asked: Map<string, number[]>;
  /** From now on keys and accounts are good, or the provider is up. */
  mend(what: 'spent' | 'locked' | 'burst'): void;
  burstCalls(): number;
}

export function troubledProvider(): TroubledProvider {
  const asked = new Map<string, number[]>();
  const mended = new Set<string>();
  let burst = 0;
  return {
    asked,
    mend: (what) => void mended.add(what),
    burstCalls: () => burst,
    say(call, question) {
      const [kind = '', index = ''] = question.split(' ');
      if (kind === 'burst' && !mended.has('burst')) {
        burst += 1;
        return { status: bursts[burst % bursts.length] ?? 500, body: '<h1>Bad gateway</h1>' };
      }
      if (call.model === 'judge-1') return null;
      const times = asked.get(question) ?? [];
      asked.set(question, [...times, Date.now()]);
      const form = { limited: forms, absurd }[kind]?.[Number(index)];
      if (form && times.length === 0) return limited(form);
      if (kind === 'spent' && !mended.has('spent')) return spent;
      return kind === 'locked' && !mended.has('locked') ? locked : null;
    },
  };
}

export async function statusesOf({ db }: Site, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('runs')
    .select(['id', 'status', 'error'])
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map(({ id, status, error }) => [id, status === 'blocked' ? `blocked ${(error as { code?: string }).code}` : status]));
}

export const allAre = (site: Site, ids: readonly string[], at: { status: string; withinMs: number }): Promise<unknown> => {
  let last: string[] = [];
  return within(at.withinMs, `${ids.length} runs are ${at.status}`, async () => {
    last = [...(await statusesOf(site, ids)).values()];
    return last.length === ids.length && last.every((status) => status === at.status);
  }).catch((error: Error) => {
    throw new Error(
      `${error.message} (${[...new Set(last)].map((each) => `${last.filter((one) => one === each).length} ${each}`).join(', ')})`,
    );
  });
};

export interface Tries {
  outcomes: string[];
  waits: (number | null)[];
  numbers: number[];
}
/** The rows of a run's drafts, in the order of their numbers. */
export async function triesOf({ db }: Pick<Site, 'db'>, run_id: string): Promise<Tries> {
  const { rows } = await sql<{ outcome: string; attempt: number; wait: number | null }>`
    select coalesce(outcome, result) as outcome, attempt, retry_after_ms::float8 as wait from attempts where run_id = ${run_id} and step = 'draft' and call = 'draft' order by attempt`.execute(
    db,
  );
  return { outcomes: rows.map(({ outcome }) => outcome), waits: rows.map(({ wait }) => wait), numbers: rows.map(({ attempt }) => attempt) };
}
