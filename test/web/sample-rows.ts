import { json, type Database } from '../../src/store/database.ts';
import type { Passage } from '../../src/shapes/passage.ts';
import type { Verdict } from '../../src/shapes/verdict.ts';

export const minutes = (n: number): Date => new Date(Date.now() + n * 60_000);

const passages: Passage[] = [
  {
    id: 'kb_1',
    source: 'knowledge',
    title: 'Delivery to Switzerland',
    text: 'Delivery to Switzerland costs **12.90 EUR** for each order up to 15 kg. The customs fee of the carrier, 18 CHF, is not included.',
    at: '2026-01-05T00:00:00Z',
    trust: 'ours',
  },
  {
    id: 'kb_2',
    source: 'knowledge',
    title: 'Free delivery',
    text: 'Orders over 150 EUR are delivered free of charge.',
    at: '2026-01-05T00:00:00Z',
    trust: 'ours',
  },
  {
    id: 'web_1',
    source: 'wikipedia',
    title: 'Customs',
    text: 'Duties go by weight. <img src=x onerror="window.pwned=1"> [win](javascript:window.pwned=2)',
    url: 'https://en.wikipedia.org/wiki/Customs',
    at: '2026-01-05T00:00:00Z',
    trust: 'untrusted',
  },
];
const rejectedDraft = 'Delivery to Switzerland costs 45 EUR [1]. Over 150 EUR it is free [2].';
export const draft = 'Delivery to Switzerland costs 12.90 EUR [1]. Over 150 EUR it is **free** [2].';

const verdict = (critic: string, said: Verdict['verdict'], reason: string, quote?: string) => ({
  critic,
  version: 'v1',
  verdict: said,
  score: critic === 'grounded' ? 0.93 : null,
  reason,
  at: quote ? json({ quote }) : null,
  blames: null,
  evidence: json([]),
});

export interface SampleTicket {
  id: string;
  from?: string;
  subject: string;
  body: string;
  customer_id?: string;
  /** What else a chain takes. */ [name: string]: unknown;
}
export interface SampleReview {
  n: number;
  ticket: SampleTicket;
  value?: unknown;
  chain?: string;
  step?: string;
  dueInMinutes?: number;
  why?: string;
}

/** A run that waits at a person, with two attempts at its draft: the first named a wrong amount. */
export async function addWaitingReview(
  db: Database,
  {
    n,
    ticket,
    value = { text: draft },
    chain = 'support-reply',
    step = 'approve',
    dueInMinutes = 60,
    why = 'every reply is approved by a person',
  }: SampleReview,
): Promise<{ review: string; run: string }> {
  const run = await addRun(db, { n, ticket, status: 'waiting', chain });
  const review = `rev_${n}`;
  await addTrace(db, run);
  await db
    .insertInto('reviews')
    .values({
      id: review,
      run_id: run,
      chain,
      step,
      occurrence: 1,
      ask: 1,
      kind: 'review',
      of_step: 'draft',
      queue: 'support',
      value: json(value),
      original: json(value),
      context: json({ input: ticket, step_input: value, why, passages }),
      verdicts: json([]),
      created_at: minutes(-20),
      due_at: minutes(dueInMinutes),
      expires_at: minutes(40_000),
      assignee: null,
      claimed_by: null,
    })
    .execute();
  return { review, run };
}

export async function addRun(
  db: Database,
  {
    n,
    ticket,
    status,
    chain = 'support-reply',
    error = null,
  }: { n: number; ticket: unknown; status: string; chain?: string; error?: unknown },
): Promise<string> {
  const id = `run_${n}`;
  await db
    .insertInto('runs')
    .values({
      id,
      chain,
      status,
      input: json(ticket),
      metadata: json({}),
      demo: true,
      error: error === null ? null : json(error),
      started_at: minutes(-30 - n),
    })
    .execute();
  return id;
}

export async function addTrace(db: Database, run_id: string): Promise<void> {
  await db
    .insertInto('steps')
    .values([
      {
        run_id,
        step: 'facts',
        occurrence: 1,
        pass: 1,
        kind: 'retrieve',
        input: json({ question: 'delivery to Switzerland' }),
        input_hash: 'h1',
        status: 'accepted',
        accepted_attempt: 1,
        superseded_by: null,
        started_at: minutes(-30),
      },
      {
        run_id,
        step: 'draft',
        occurrence: 1,
        pass: 1,
        kind: 'generate',
        input: json({ found: passages }),
        input_hash: 'h2',
        status: 'accepted',
        accepted_attempt: 2,
        superseded_by: null,
        started_at: minutes(-29.9),
      },
    ])
    .execute();
  const shared = {
    run_id,
    occurrence: 1,
    owner: '00000000-0000-4000-8000-000000000000',
    status: 'finished',
    prompt_name: null,
    prompt_version: null,
  };
  const model = {
    step: 'draft',
    call: 'draft',
    provider: 'demo',
    model: 'demo-writer',
    demo: true,
    result: 'answer',
    input_tokens: 1200,
    output_tokens: 90,
    cost_usd: 0.0004,
  };
  const messages = json({
    messages: [
      { role: 'system', content: 'Answer from the passages.' },
      { role: 'user', content: 'What does delivery cost?' },
    ],
  });
  const sources = json([
    { source: 'knowledge', status: 'answered', passages: 2 },
    { source: 'google', status: 'unavailable', passages: 0, note: 'no SERPAPI_API_KEY' },
  ]);
  await db
    .insertInto('attempts')
    .values({
      ...shared,
      step: 'facts',
      attempt: 1,
      call: 'draft',
      remedy: 'first',
      answer: 1,
      provider: null,
      model: null,
      result: 'answer',
      outcome: 'accepted',
      output: json(passages),
      sources,
      output_hash: 'o1',
      message: null,
      input_tokens: null,
      output_tokens: null,
      cached_tokens: null,
      reasoning_tokens: null,
      cost_usd: 0,
      started_at: minutes(-30),
      ended_at: minutes(-29.99),
    })
    .execute();
  const answers = [
    {
      attempt: 1,
      remedy: 'first',
      outcome: 'rejected',
      text: rejectedDraft,
      at: -29.9,
      said: [verdict('cites every source', 'pass', '2 citations'), verdict('numbers', 'fail', '45 EUR is in no source', '45 EUR')],
    },
    {
      attempt: 2,
      remedy: 'revise',
      outcome: 'accepted',
      text: draft,
      at: -29.8,
      said: [
        verdict('cites every source', 'pass', '2 citations'),
        verdict('numbers', 'pass', '2 amounts'),
        verdict('grounded', 'pass', 'every sentence is supported'),
      ],
    },
  ];
  for (const { attempt, remedy, outcome, text, at, said } of answers) {
    await db
      .insertInto('attempts')
      .values({
        ...shared,
        ...model,
        attempt,
        remedy,
        answer: attempt,
        outcome,
        output: json({ text }),
        sources: json([]),
        sent: messages,
        output_hash: `o${attempt}`,
        message: null,
        cached_tokens: null,
        reasoning_tokens: null,
        started_at: minutes(at),
        ended_at: minutes(at + 0.03),
      })
      .execute();
    await db
      .insertInto('verdicts')
      .values(said.map((each, n) => ({ ...each, run_id, step: 'draft', occurrence: 1, attempt, call: 'draft', n, missing: null })))
      .execute();
  }
}

export const ticket = (n: number, subject: string, body = 'Good morning,\n\nwhat does delivery to Switzerland cost?'): SampleTicket => ({
  id: `T-${n}`,
  from: `person${n}@mail.example`,
  subject,
  body,
  customer_id: `cus_${n}`,
});
