import { sql } from 'kysely';
import { canonical } from '../../../src/correct/canonical.ts';
import { settleReview } from '../../../src/store/reviews.ts';
import type { ApiAnswer } from '../../stack/call-api.ts';
import { inParallel, onItsOwnStack, type ApiFault, type ApiStack } from '../harness/api-stack.ts';

interface Race {
  stack: ApiStack;
  review: { id: string; run_id: string };
  n: number;
}
/** Null: the answers are right; else what is wrong with them. */
type Play = (race: Race) => Promise<string | null>;

const decide = (
  { stack, review }: Race,
  as: { person: 0 | 1; server: number; key?: string; body?: Record<string, unknown> },
): Promise<ApiAnswer> =>
  stack.call(`/v1/reviews/${review.id}/decision`, {
    ...as,
    body: { decision: 'approve', version: 1, ...as.body },
    ...(as.key === undefined ? {} : { headers: { 'idempotency-key': as.key } }),
  });
/** A decision reads its review before it writes: a rival that starts a little later meets it there. */
const headStart = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 25));
const edit = { decision: 'edit', value: { text: 'Their own words [1].' } };

/** The loser of a race is told who decided, and when. */
function toldWhoWon(loser: ApiAnswer, winner: ApiAnswer): string | null {
  const { by, at } = winner.body.decision;
  if (loser.status !== 409 || loser.body.code !== 'review_decided') return `the loser heard ${loser.status} ${loser.body?.code}`;
  if (loser.body.current?.decision?.by !== by || loser.body.current.decision.at !== at) return 'the loser was not shown the decision';
  return loser.body.detail.includes(by) && loser.body.detail.includes(at) ? null : `the loser was told '${loser.body.detail}'`;
}

function oneWon(answers: [ApiAnswer, ApiAnswer]): string | null {
  const [winner, loser] = answers[0].status === 200 ? answers : [answers[1], answers[0]];
  if (winner?.status !== 200) return `nobody won: ${answers.map(({ status, body }) => `${status} ${body?.code}`).join(', ')}`;
  return loser?.status === 200 ? 'both won' : toldWhoWon(loser as ApiAnswer, winner);
}

const twoPeople: Play = async (race) =>
  oneWon(await Promise.all([decide(race, { person: 0, server: 0 }), decide(race, { person: 1, server: 1, body: edit })]));

/** The same person, twice, without and with an Idempotency-Key: with one, both clicks hear the same. */
const doubleClick: Play = async (race) => {
  if (race.n % 2 === 0) return oneWon(await Promise.all([decide(race, { person: 0, server: 0 }), decide(race, { person: 0, server: 1 })]));
  const key = `click ${race.review.id}`;
  const both = await Promise.all([decide(race, { person: 0, server: 0, key }), decide(race, { person: 0, server: 1, key })]);
  return both.every(({ status }) => status === 200) && canonical(both[0].body) === canonical(both[1].body)
    ? null
    : `one key, two answers: ${both.map(({ status }) => status).join(', ')}`;
};

/** One saves new words while the other, who still sees the old ones, approves: they approve what they saw, or hear of the new version. */
const staleTab: Play = async (race) => {
  const value = { text: `Saved words ${race.n} [1].` };
  const saves = headStart().then(() =>
    race.stack.call(`/v1/reviews/${race.review.id}/value`, { method: 'PUT', server: 0, person: 0, body: { version: 1, value } }),
  );
  const [saved, decided] = await Promise.all([saves, decide(race, { person: 1, server: 1 })]);
  if (saved.status === 200 && decided.status === 409)
    return decided.body.code === 'review_version' && decided.body.current.version === 2 ? null : `the stale tab heard ${decided.body.code}`;
  if (saved.status === 409 && decided.status === 200)
    return decided.body.decision.value.text === value.text ? 'words were approved that nobody had seen' : toldWhoWon(saved, decided);
  return `save ${saved.status}, decision ${decided.status}`;
};

/** The review runs out while somebody decides: what the workflow does when its timer fires, against the API. */
const deadline: Play = async (race) => {
  const expiry = headStart().then(() =>
    race.stack.db.transaction().execute((tx) => settleReview(tx, { review_id: race.review.id, to: 'expired' })),
  );
  const [settled, decided] = await Promise.all([expiry, decide(race, { person: 0, server: race.n % 2 })]);
  if (settled.type === 'decided')
    return decided.status === 200 && decided.body.decision.id === settled.decision.id
      ? null
      : 'the workflow heard of a decision that was refused';
  return decided.status === 409 && decided.body.code === 'review_expired'
    ? null
    : `expired, and the decision was answered ${decided.status}`;
};

/** Whatever was answered: what stands in the records. One decision for each that was decided, with its audit and its word to Temporal. */
async function contradictions({ db }: ApiStack): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    select v.id || ' is ' || v.status || ': ' || d.n || ' decisions, ' || a.n || ' audit rows, ' || o.n || ' words' as what
    from reviews v, lateral (select count(*) as n from decisions where review_id = v.id) d, lateral (select count(*) as n from audit where subject = v.id and action like 'review.%') a,
      lateral (select count(*) as n from outbox where payload ->> 'review_id' = v.id) o
    where (d.n, a.n, o.n) is distinct from (case when v.status = 'decided' then (1::bigint, 1::bigint, 1::bigint) else (0::bigint, 0::bigint, 0::bigint) end)`.execute(
    db,
  );
  return rows.map(({ what }) => what);
}

const race =
  (play: Play): ApiFault['play'] =>
  async (stack, { kills: races }) => {
    const wrong: string[] = [];
    const reviews: Race['review'][] = [];
    for (let n = 0; n < races; n += 1) reviews.push(await stack.review());
    await inParallel(reviews, 12, async (review, n) => {
      const found = await play({ stack, review, n }).catch(String);
      if (found !== null) wrong.push(`${review.id}: ${found}`);
    });
    const doubled = await contradictions(stack);
    if (wrong.length > 0 || doubled.length > 0)
      throw new Error(`${wrong.length} of ${races} races ended wrong: ${[...wrong, ...doubled].slice(0, 5).join('; ')}`);
    const ids = reviews.map(({ id }) => id);
    const ends = await stack.db
      .selectFrom('reviews')
      .select(({ fn }) => ['status', fn.countAll<number>().as('n')])
      .where('id', 'in', ids)
      .groupBy('status')
      .execute();
    return {
      operations: races,
      kills: 0,
      succeeded: races,
      lost: 0,
      doubled: 0,
      notes: Object.fromEntries(ends.map(({ status, n }) => [status, Number(n)])),
    };
  };

const each = { slice: 40, full: 1_000 };
export const decisions: ApiFault[] = [
  { id: 'F27', title: 'two people decide at once, on two API processes', kills: each, play: race(twoPeople) },
  { id: 'F28', title: 'double click, with and without an Idempotency-Key', kills: each, play: race(doubleClick) },
  { id: 'F28b', title: 'a stale tab approves while another saves', kills: each, play: race(staleTab) },
  { id: 'F29', title: 'a decision against the deadline', kills: each, play: race(deadline) },
];
export const [f27, f28, f28b, f29] = decisions.map(onItsOwnStack);
