import { sql } from 'kysely';
import { Client as TemporalClient, Connection } from '@temporalio/client';
import type { Database } from '../../../src/store/database.ts';
import type { ProviderCall, Scripted } from '../../../testing/provider-server.ts';
import type { ApiAnswer, ApiCall } from '../../stack/call-api.ts';
import { inParallel } from '../harness/api-stack.ts';
import { createClient } from '../harness/client.ts';
import type { Counts, Fault } from '../harness/fault.ts';
import { settle } from '../harness/invariants.ts';
import { triesOf } from '../harness/provider-trouble.ts';
import { say } from '../harness/say.ts';
import { startFaultStack } from '../harness/stack.ts';
import { within } from '../harness/until.ts';

const kib = 1024;
const mib = 1024 * kib;
/** Around what is kept by reference (16 KiB), and a long page. */
export const smallSizes = [16 * kib - 200, 16 * kib, 16 * kib + 200, 64 * kib];
/** A request has 1 MiB at most, with all that is around the value. */
const requestSizes = [...smallSizes, 512 * kib, mib - 2_000];
/** Only a model can write as much: around what Temporal stops at. */
const answerSizes = [2 * mib - 200, 2 * mib + 200];
const tooLarge = [mib + 1, 2 * mib, 10 * mib];
/** Nothing large goes into a history: what one of these runs leaves there, whatever it carries, was seen to be under 20 KiB. */
const longestHistory = 64 * kib;

/** What values are sent through: a server, a worker, and a desk that hears of effects. */
export interface Sized {
  db: Database;
  call(path: string, options?: ApiCall): Promise<ApiAnswer>;
  start(question: string): Promise<string>;
  desk(): Iterable<string>;
  temporal: TemporalClient;
}

/** A streamed answer in pieces of 4 KiB: word for word, megabytes would cost minutes. */
function stream(text: string): Scripted {
  const pieces = (JSON.stringify({ text }).match(/[^]{1,4096}/g) ?? []).map((content) => ({ delta: { content }, finish_reason: null }));
  const choices = [...pieces, { delta: {}, finish_reason: 'stop' }];
  const events = choices.map((choice) => ({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, ...choice }],
  }));
  return { raw: `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n` };
}

/** The model's answer is as long as the question says; `flood` is longer than an answer may be. */
export function saySized(call: ProviderCall, question: string): Scripted | null {
  if (call.model === 'judge-1') return null;
  if (question.startsWith('flood')) return stream('f'.repeat(10 * mib));
  const size = Number(/^size (\d+)/.exec(question)?.[1] ?? Number.NaN);
  return Number.isNaN(size) ? null : stream(`${'m'.repeat(size)} [1].`);
}

const unless = (ok: boolean, what: string): string[] => (ok ? [] : [what]);

/** How far a run has come, for who reads a failure. */
async function tried({ call }: Pick<Sized, 'call'>, run_id: string): Promise<string> {
  const [{ body: run }, { body: steps }] = await Promise.all([call(`/v1/runs/${run_id}`), call(`/v1/runs/${run_id}/steps`)]);
  const tries = (steps.data as { step: string; attempts: { outcome: string; error: string }[] }[]).flatMap(({ step, attempts }) =>
    attempts.map(({ outcome, error: why }) => `${step} ${outcome} ${why ?? ''}`),
  );
  return `'${run.input.question.slice(0, 20)}' is ${run.status}; ${tries.join(', ').slice(0, 400)}`;
}

interface Pending {
  id: string;
  version: number;
  value: { text: string };
}
const pending = ({ call }: Sized, run_id: string): Promise<Pending> =>
  within(120_000, `run ${run_id} waits for a person`, async () => {
    const { body } = await call(`/v1/reviews?run_id=${run_id}&status=pending`);
    return (body as { data: Pending[] }).data[0];
  }).catch(async (error: Error) => {
    throw new Error(`${error.message} (${await tried({ call }, run_id)})`);
  });

async function ends(on: Sized, id: string): Promise<{ status: string; input: { question: string }; output: { text: string } | null }> {
  return within(120_000, `run ${id} ends`, async () => {
    const { body } = await on.call(`/v1/runs/${id}`);
    return ['succeeded', 'failed', 'blocked'].includes(body.status) && body;
  }).catch(async (error: Error) => {
    throw new Error(`${error.message} (${await tried(on, id)})`);
  });
}

/** One size as a run's input, the model's answer, what a person writes instead, the signal that tells it, an effect, and what the run returns. */
export async function throughRequests(on: Sized, size: number): Promise<string[]> {
  const id = await on.start(`size ${size} ${'i'.repeat(size)}`);
  const review = await pending(on, id);
  const words = `${'w'.repeat(size)} [1].`;
  const decided = await on.call(`/v1/reviews/${review.id}/decision`, {
    body: { decision: 'edit', version: review.version, value: { text: words } },
  });
  const run = await ends(on, id);
  const { historySize = 0 } = await on.temporal.workflow.getHandle(id).describe();
  return [
    ...unless(run.input.question.length > size, `the input's ${size} became ${run.input.question.length}`),
    ...unless(review.value.text.length > size, `the model's ${size} became ${review.value.text.length}`),
    ...unless(decided.status === 200, `a decision of ${size} was answered ${decided.status}`),
    ...unless([...on.desk()].includes(words), `the desk has not heard the ${size} words`),
    ...unless(run.output?.text === words, `the run's ${size} became ${run.output?.text.length} (${run.status})`),
    ...unless(historySize < (size < 20 * kib ? 4 : 1) * longestHistory, `a history has ${historySize} bytes for ${size}`),
  ];
}

/** What only a model writes: read by a critic, approved as it stands, sent out, returned. */
async function throughAnswers(on: Sized, size: number): Promise<string[]> {
  const id = await on.start(`size ${size}`);
  const review = await pending(on, id);
  const decided = await on.call(`/v1/reviews/${review.id}/decision`, { body: { decision: 'approve', version: review.version } });
  const run = await ends(on, id);
  const { historySize = 0 } = await on.temporal.workflow.getHandle(id).describe();
  return [
    ...unless(decided.status === 200, `approving ${size} was answered ${decided.status}`),
    ...unless(run.output?.text === review.value.text && review.value.text.length > size, `the answer's ${size} ended as ${run.status}`),
    ...unless(historySize < longestHistory, `a history has ${historySize} bytes for an answer of ${size}`),
  ];
}

/** What is over the limit is refused with 413 at once, and nothing of it is stored: the same review can still be decided. */
export async function refused(on: Sized): Promise<string[]> {
  const id = await on.start('held');
  const review = await pending(on, id);
  const wrong: string[] = [];
  for (const size of tooLarge) {
    const value = { text: 'x'.repeat(size) };
    const { version } = review;
    const answers = [
      await on.call('/v1/chains/tickets/runs', { body: { input: { question: value.text } } }),
      await on.call(`/v1/reviews/${review.id}/value`, { method: 'PUT', body: { version, value } }),
      await on.call(`/v1/reviews/${review.id}/decision`, { body: { decision: 'edit', version, value } }),
    ];
    wrong.push(
      ...answers.flatMap(({ status, body }) =>
        unless(status === 413 && body.code === 'too_large', `${size} bytes were answered ${status} ${body?.code}`),
      ),
    );
  }
  // Other runs may begin meanwhile: those that would be too large count.
  const stored = await on.db
    .selectFrom('runs')
    .select('id')
    .where(sql<boolean>`length(input::text) >= ${Math.min(...tooLarge)}`)
    .execute();
  const decided = await on.call(`/v1/reviews/${review.id}/decision`, { body: { decision: 'approve', version: review.version } });
  return [
    ...wrong,
    ...unless(stored.length === 0, `${stored.length} runs were stored`),
    ...unless(decided.status === 200, `afterwards a decision was answered ${decided.status}`),
  ];
}

/** A model that writes on for 10 MiB is asked as often as the ladder says, and the run ends. */
export async function flooded(on: Sized): Promise<string[]> {
  const id = await on.start('flood');
  const { status } = await ends(on, id);
  const { outcomes } = await triesOf(on, id);
  return unless(
    status === 'failed' && outcomes.join() === 'truncated,truncated,truncated',
    `a flood ended as ${status}: ${outcomes.join()}`,
  );
}

async function run({ full }: { full: boolean }): Promise<Counts> {
  const stack = await startFaultStack({ durable: false, project: 'sizes', say: saySized });
  const connection = await Connection.connect({ address: stack.temporalAddress });
  try {
    const [, worker] = await Promise.all([stack.server(), stack.worker()]);
    void worker.ended.then((how) => say(`the worker ended: ${JSON.stringify(how)} ${worker.said().slice(-1_500)}`));
    const client = createClient(stack);
    const on: Sized = {
      db: stack.db,
      call: (path, options) => stack.call(path, options),
      start: (question) => client.start(question),
      desk: () => stack.desk.effects.values(),
      temporal: new TemporalClient({ connection }),
    };
    const [requests, answers] = full ? [requestSizes, answerSizes] : [smallSizes, []];
    const found: string[] = [];
    await inParallel(requests, 2, async (size) => void found.push(...(await throughRequests(on, size))));
    await inParallel(answers, 1, async (size) => void found.push(...(await throughAnswers(on, size))));
    found.push(...(await refused(on)), ...(await flooded(on)));
    const { lost, doubled } = await settle(stack, client);
    const wrong = [...found, ...lost, ...doubled];
    if (wrong.length > 0) throw new Error(wrong.slice(0, 6).join('; '));
    const operations = requests.length * 5 + answers.length * 3 + tooLarge.length * 3 + 1;
    return {
      operations,
      kills: 0,
      succeeded: operations,
      lost: 0,
      doubled: 0,
      notes: {
        'by reference, in bytes': [...requests, ...answers].join(' '),
        'answered 413': tooLarge.length * 3,
        '10 MiB of answer': 'truncated three times, failed',
      },
    };
  } finally {
    await connection.close();
    await stack.stop();
  }
}

export const f36: Fault = { id: 'F36', title: 'values around 16 KiB, 64 KiB, 1 and 2 MiB, and 10 MiB', kills: { slice: 0, full: 0 }, run };
