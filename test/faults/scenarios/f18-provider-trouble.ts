import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../harness/client.ts';
import { createClient } from '../harness/client.ts';
import type { Counts, Fault, Size } from '../harness/fault.ts';
import { settle } from '../harness/invariants.ts';
import {
  absurd,
  allAre,
  forms,
  statusesOf,
  triesOf,
  troubledProvider,
  type Form,
  type Site,
  type TroubledProvider,
} from '../harness/provider-trouble.ts';
import { startFaultStack, type FaultStack } from '../harness/stack.ts';
import { within } from '../harness/until.ts';

interface Play {
  site: Site;
  provider: TroubledProvider;
  start(question: string): Promise<string>;
}
const many = (count: number, what: (n: number) => Promise<string>): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => what(n)));

/** Between two tries lies at least what the provider said, or what the loop waits by itself. */
function keptAway(form: Form, times: readonly number[]): string | null {
  const gap = (times[1] ?? 0) - (times[0] ?? 0);
  const least = form.waits ?? 2_000;
  return times.length === 2 && gap >= least ? null : `'${form.says}': ${times.length} tries, ${gap} ms apart instead of ${least}`;
}

/** Every form of a 429, so many runs of each. What is told is waited for, and each try has its row. */
export async function waitAsTold({ site, provider, start }: Play, each: number): Promise<string[]> {
  const questions = forms.flatMap((_, n) => Array.from({ length: each }, (__, i) => ({ form: n, question: `limited ${n} ${i}` })));
  const ids = await Promise.all(questions.map(({ question }) => start(question)));
  await allAre(site, ids, { status: 'waiting', withinMs: 120_000 });
  const found = questions.map(async ({ form, question }, n) => {
    const tries = await triesOf(site, ids[n] ?? '');
    return [
      ...(tries.outcomes.join() === 'rate_limited,accepted' && tries.numbers.join() === '1,2'
        ? []
        : [`${question}: ${tries.outcomes.join()}`]),
      keptAway(forms[form] as Form, provider.asked.get(question) ?? []),
    ];
  });
  return (await Promise.all(found)).flat().filter((what) => what !== null);
}

/** Nobody is waited for longer than ten minutes in one go: looked up in the record, then cancelled. */
export async function capAbsurdWaits({ site, provider, start }: Play): Promise<string[]> {
  const ids = await Promise.all(absurd.map((_, n) => start(`absurd ${n}`)));
  await within(60_000, 'absurd waits have begun', async () =>
    (await Promise.all(ids.map((id) => triesOf(site, id)))).every(({ outcomes, waits }) => outcomes[0] !== undefined && waits[0] !== null),
  );
  const wrong = await Promise.all(
    ids.map(async (id, n) => {
      const { waits } = await triesOf(site, id);
      const times = provider.asked.get(`absurd ${n}`)?.length;
      return waits.join() === '600000' && times === 1 ? [] : [`'${absurd[n]?.says}': waits ${waits.join()} after ${times} tries`];
    }),
  );
  for (const id of ids) await site.call(`/v1/runs/${id}/cancel`, { method: 'POST' });
  await allAre(site, ids, { status: 'cancelled', withinMs: 60_000 });
  return wrong.flat();
}

/** A bad key and an account that is spent park at once, whatever the headers say, and go on when told, or by themselves after a minute. */
export async function parkAndGoOn({ site, provider, start }: Play, size: { each: number; told: boolean }): Promise<string[]> {
  const wrong: string[] = [];
  const parks = [
    { what: 'locked', code: 'auth' },
    { what: 'spent', code: 'spend_cap' },
  ] as const;
  for (const { what, code } of parks) {
    const ids = await many(size.each, (n) => start(`${what} ${n}`));
    await allAre(site, ids, { status: `blocked ${code}`, withinMs: 120_000 });
    for (const [n, id] of ids.entries()) {
      const asked = provider.asked.get(`${what} ${n}`)?.length;
      const { outcomes } = await triesOf(site, id);
      if (asked !== 1 || outcomes.join() !== code) wrong.push(`${what} ${n} was asked ${asked} times: ${outcomes.join()}`);
    }
    provider.mend(what);
    if (size.told || code === 'auth') await site.call('/v1/runs/retry', { body: { code } });
    await allAre(site, ids, { status: 'waiting', withinMs: 180_000 });
  }
  return wrong;
}

/** 500 to 529 for a while: nobody is hammered, what cannot be answered in time parks, and all goes on afterwards. */
async function outlive({ site, provider, start }: Play, size: { runs: number; ms: number }): Promise<{ parked: number; ids: string[] }> {
  const ids = await many(size.runs, (n) => start(`burst ${n}`));
  await sleep(size.ms);
  const parked = [...(await statusesOf(site, ids)).values()].filter((status) => status === 'blocked provider_down').length;
  provider.mend('burst');
  await allAre(site, ids, { status: 'waiting', withinMs: 600_000 });
  return { parked, ids };
}

async function play(stack: FaultStack, client: Client, at: { provider: TroubledProvider; full: boolean }): Promise<Counts> {
  const { provider, full } = at;
  const on: Play = { site: stack, provider, start: (question) => client.start(question) };
  const wrong = [
    ...(await waitAsTold(on, full ? 8 : 1)),
    ...(await capAbsurdWaits(on)),
    ...(await parkAndGoOn(on, { each: full ? 30 : 2, told: !full })),
  ];
  const burst = await outlive(on, { runs: full ? 42 : 2, ms: full ? 60_000 : 2_000 });
  const burstCalls = provider.burstCalls();
  // Ten failures open the breaker; what was under way then, and a probe now and then, is all that a provider hears.
  if (burstCalls > 3 * burst.ids.length) wrong.push(`${burstCalls} calls of ${burst.ids.length} runs while the provider was down`);
  const { lost, doubled } = await settle(stack, client);
  if (wrong.length + lost.length + doubled.length > 0) throw new Error([...wrong, ...lost, ...doubled].slice(0, 6).join('; '));
  return {
    operations: client.accepted.size,
    kills: 0,
    succeeded: client.accepted.size,
    lost: lost.length,
    doubled: doubled.length,
    notes: {
      'forms of 429': forms.length + absurd.length,
      'calls in the burst': burstCalls,
      'parked in it': burst.parked,
      'of runs in it': burst.ids.length,
    },
  };
}

async function run({ full }: Size): Promise<Counts> {
  const provider = troubledProvider();
  const stack = await startFaultStack({ durable: false, say: provider.say });
  try {
    await Promise.all([stack.server(), stack.worker()]);
    return await play(stack, createClient(stack), { provider, full });
  } finally {
    await stack.stop();
  }
}

export const f18: Fault = {
  id: 'F18',
  title: '429 in 14 forms, a spent account, a bad key, 500 to 529 for 60 s',
  kills: { slice: 0, full: 0 },
  run,
};
