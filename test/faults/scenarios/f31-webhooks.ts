import { sql } from 'kysely';
import { canonical } from '../../../src/correct/canonical.ts';
import { seededRandom } from '../../../src/correct/seeded-random.ts';
import type { ApiAnswer } from '../../stack/call-api.ts';
import { inParallel, onItsOwnStack, type ApiFault, type ApiStack } from '../harness/api-stack.ts';
import type { Counts, Size } from '../harness/fault.ts';
import { startOddReceiver, type OddReceiver } from '../harness/odd-receiver.ts';
import { within } from '../harness/until.ts';

/** What comes in from outside, under its own id. `rival`: another person's word on the same review, under an id of its own. */
interface Incoming {
  id: string;
  path: string;
  body: unknown;
  person: 0 | 1;
  rival: boolean;
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** So many tickets and decisions, each sent one to four times. */
async function traffic(stack: ApiStack, { each, tag, random }: { each: number; tag: string; random: () => number }): Promise<Incoming[]> {
  const incoming: Incoming[] = [];
  for (let n = 0; n < each; n += 1) {
    incoming.push({
      id: `ticket-${tag}-${n}`,
      path: '/v1/chains/tickets/runs',
      body: { input: { question: `${tag} ${n}` } },
      person: 0,
      rival: false,
    });
    const { id } = await stack.review();
    const path = `/v1/reviews/${id}/decision`;
    const decisions: Pick<Incoming, 'id' | 'body' | 'person'>[] = [
      { id: `desk-${id}`, body: { decision: 'approve', version: 1 }, person: 0 },
      { id: `mail-${id}`, body: { decision: 'edit', version: 1, value: { text: `By mail ${n} [1].` } }, person: 1 },
    ];
    incoming.push(...decisions.slice(0, n % 2 === 0 ? 1 : 2).map((one) => ({ ...one, path, rival: n % 2 === 1 })));
  }
  return shuffled(
    incoming.flatMap((one) => Array.from({ length: 1 + Math.floor(4 * random()) }, () => one)),
    random,
  );
}

/** Answers by id: one an id, whatever came how often and when. Of two who decide the loser hears who won, each time. */
function judged(incoming: readonly Incoming[], answers: ReadonlyMap<string, ApiAnswer[]>): string[] {
  const wrong: string[] = [];
  const wins = new Map<string, number>();
  for (const [id, { path, rival }] of new Map(incoming.map((one) => [one.id, one]))) {
    const heard = answers.get(id) ?? [];
    const good = heard.filter(({ status }) => status < 300);
    if (good.length > 0) wins.set(path, (wins.get(path) ?? 0) + 1);
    if (good.length > 0 && (good.length < heard.length || new Set(good.map(({ body }) => canonical(body))).size > 1))
      wrong.push(`${id} was answered ${heard.map(({ status }) => status).join(', ')}, not alike`);
    if (good.length === 0 && !(rival && heard.every(({ status, body }) => status === 409 && body.code === 'review_decided')))
      wrong.push(`${id} was answered ${heard.map(({ status, body }) => `${status} ${body?.code}`).join(', ')}`);
  }
  wins.delete('/v1/chains/tickets/runs');
  return [...wrong, ...[...wins].filter(([, n]) => n !== 1).map(([path, n]) => `${path}: ${n} decisions`)];
}

async function deliverIn(stack: ApiStack, incoming: readonly Incoming[], answers: Map<string, ApiAnswer[]>): Promise<void> {
  await inParallel(incoming, 16, async ({ id, path, body, person }, n) => {
    const answer = await within(60_000, `an answer to ${id}`, async () => {
      const heard = await stack.call(path, { body, person, server: n % 2, headers: { 'idempotency-key': id } });
      return heard.status === 429 || heard.status === 503 ? null : heard;
    });
    answers.set(id, [...(answers.get(id) ?? []), answer]);
  });
}

/** What stands in the records: one run and one word to Temporal a ticket; one decision, audit row and word a review. */
async function standing({ db }: ApiStack, tag: string): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    select 'ticket ' || (input ->> 'question') || ': ' || count(*) || ' runs' as what from runs where input ->> 'question' like ${`${tag} %`} group by input ->> 'question' having count(*) <> 1
    union all select 'run ' || id || ': ' || (select count(*) from outbox where run_id = r.id and topic = 'temporal.start') || ' starts' from runs r
      where input ->> 'question' like ${`${tag} %`} and (select count(*) from outbox where run_id = r.id and topic = 'temporal.start') <> 1
    union all select 'review ' || v.id || ' is ' || v.status from reviews v
      where v.status = 'decided' and ((select count(*) from decisions where review_id = v.id) <> 1 or (select count(*) from outbox where payload ->> 'review_id' = v.id) <> 1)`.execute(
    db,
  );
  return rows.map(({ what }) => what);
}

/** A run that was deleted is not made anew by a ticket that comes late. */
async function lateForDeleted(stack: ApiStack, tickets: readonly Incoming[], answers: ReadonlyMap<string, ApiAnswer[]>): Promise<string[]> {
  const wrong: string[] = [];
  for (const { id, path, body } of tickets) {
    const run = answers.get(id)?.[0]?.body.id as string;
    const gone = await stack.call(`/v1/runs/${run}`, { method: 'DELETE' });
    const again = await stack.call(path, { body, headers: { 'idempotency-key': id } });
    if (gone.status !== 204 || again.status !== 404)
      wrong.push(`${id}, deleted (${gone.status}), was answered ${again.status} ${again.body?.id}`);
  }
  return wrong;
}

/** All deliveries have come, those that were refused or whose answer was lost again; then some are sent again by hand. */
async function comeOut(
  stack: ApiStack,
  hooks: { receiver: OddReceiver; webhook: string; random: () => number },
): Promise<{ again: number }> {
  const { receiver, webhook, random } = hooks;
  const told = (): Promise<string[]> =>
    within(90_000, 'all webhooks are told', async () => {
      const { rows } = await sql<{ id: string; open: boolean }>`
        select coalesce(payload ->> 'delivery_id', 'dlv_' || id) as id, done_at is null as open from outbox where topic = 'webhook' and payload ->> 'webhook_id' = ${webhook}`.execute(
        stack.db,
      );
      return rows.length > 0 && rows.every(({ open }) => !open) && rows.map(({ id }) => id);
    });
  const ids = [...new Set(await told())];
  const resent = shuffled(ids, random).slice(0, Math.ceil(ids.length / 4));
  await inParallel(resent, 8, async (id) => {
    const { status } = await stack.call(`/v1/deliveries/${id}/resend`, { method: 'POST' });
    if (status !== 202) receiver.wrong.push(`${id} could not be sent again: ${status}`);
  });
  await told();
  const effects = [...receiver.effects.keys()];
  receiver.wrong.push(
    ...ids.filter((id) => !receiver.effects.has(id)).map((id) => `${id} never came`),
    ...effects.filter((id) => !ids.includes(id)).map((id) => `${id} came, the outbox has it not`),
    ...resent.filter((id) => receiver.came.filter((one) => one === id).length < 2).map((id) => `${id} did not come again`),
  );
  return { again: receiver.came.length - effects.length };
}

async function play(stack: ApiStack, { kills: each, seed }: Size): Promise<Counts> {
  const random = seededRandom(seed);
  const tag = `hooked-${seed}`;
  const receiver = await startOddReceiver(random);
  try {
    const { body: hook } = await stack.call('/v1/webhooks', {
      body: { url: receiver.url, events: ['review.created', 'review.decided', 'run.ended'] },
    });
    receiver.secret = hook.secret;
    const incoming = await traffic(stack, { each, tag, random });
    const answers = new Map<string, ApiAnswer[]>();
    await deliverIn(stack, incoming, answers);
    // Later all of it once more, the last one first.
    await deliverIn(stack, incoming.toReversed(), answers);
    const wrong = [...judged(incoming, answers), ...(await standing(stack, tag))];
    const tickets = [...new Map(incoming.filter(({ id }) => id.startsWith('ticket-')).map((one) => [one.id, one])).values()];
    wrong.push(...(await lateForDeleted(stack, tickets.slice(0, Math.ceil(each / 10)), answers)));
    const { again } = await comeOut(stack, { receiver, webhook: hook.id, random });
    await stack.call(`/v1/webhooks/${hook.id}`, { method: 'DELETE' });
    wrong.push(...receiver.wrong);
    if (wrong.length > 0) throw new Error(`${wrong.length} wrong: ${wrong.slice(0, 6).join('; ')}`);
    const operations = answers.size + receiver.effects.size;
    return {
      operations,
      kills: 0,
      succeeded: operations,
      lost: 0,
      doubled: 0,
      notes: {
        'ids that came in': answers.size,
        requests: 2 * incoming.length,
        'ids that went out': receiver.effects.size,
        'came again': again,
      },
    };
  } finally {
    await receiver.stop();
  }
}

export const webhooksInAndOut: ApiFault = {
  id: 'F31',
  title: 'webhooks in and out: twice, reordered, replayed, late',
  kills: { slice: 12, full: 400 },
  play,
};
export const f31 = onItsOwnStack(webhooksInAndOut);
