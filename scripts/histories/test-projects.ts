import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { casesAtOnce } from '../../activities/in-place/work-batch.ts';
import { startProviderServer, type ProviderCall, type Scripted } from '../../testing/provider-server.ts';
import { until, type Stack } from './stack.ts';

const configFile = fileURLToPath(new URL('../../test/projects/histories.config.ts', import.meta.url));
/** So many answers make a model known as a quick one (runtime/pace.ts). */
const measured = 20;

const textOf = (call: ProviderCall): string => call.messages.map((message) => message.content).join('\n');
const questionOf = (call: ProviderCall): string => /<question>(.*?)<\/question>/.exec(textOf(call))?.[1] ?? '';
const json = (value: unknown): Scripted => ({ text: JSON.stringify(value) });
const label = (text: string): Scripted => json({ label: text, why: 'as it says' });
const letter = (worth: string): Scripted => json({ text: `A letter worth ${worth}.` });
const refund = (order: string): Scripted => ({ calls: [{ name: 'refund', arguments: { order, usd: 40 } }] });
const shipped = json({ text: 'Orders ship in two days [1].' });

/** What the writer says to a question, in turn; to any other an answer that is accepted. */
const scripts: Record<string, Scripted[]> = {
  'looked up': [
    {
      calls: [
        { name: 'order_status', arguments: { id: 'A-1' } },
        { name: 'shelf', arguments: { query: 'q' } },
      ],
    },
    shipped,
  ],
  'waits to write': [refund('A-1'), shipped],
  'refused to write': [refund('A-2'), shipped],
  voted: [label('spam'), label('ham'), label('spam'), label('spam')],
  split: [label('a'), label('b'), label('a'), label('b'), label('a'), label('c')],
  'drawn again': [{ status: 503 }, label('a'), label('a')],
  best: [letter('0.2'), letter('0.9'), letter('0.5')],
};

/** One history of every kind of way that no example chain takes: tools, several answers to choose from, batches and gatherings whose worker stops. */
export const playTestProjects = (stack: Stack): Promise<void> =>
  playProject(stack, async ({ tools, samples, parked, measure, stoppedBatch, gathered, stoppedGathering, gatheredTickets }) => {
    await tools();
    await samples();
    await parked();
    await stoppedBatch('whose-worker-stopped');
    await measure();
    await gathered();
    await stoppedGathering('whose-worker-stopped');
    await gatheredTickets();
  });

/** A batch and a gathering that go on in new histories: on a stack whose Temporal suggests it after a few events, when their worker stops. */
export const playLongBatches = (stack: Stack): Promise<void> =>
  playProject(stack, async ({ measure, stoppedBatch, stoppedGathering }) => {
    await stoppedBatch('went-on');
    await measure();
    await stoppedGathering('went-on');
  });

/** A run with so many turns that its history grows as long as one may. */
export const playThousands = (stack: Stack): Promise<void> => playProject(stack, ({ turns }) => turns());

interface Ways extends Record<'tools' | 'samples' | 'parked' | 'measure' | 'gathered' | 'gatheredTickets' | 'turns', () => Promise<void>> {
  stoppedBatch(as: string): Promise<void>;
  stoppedGathering(as: string): Promise<void>;
}

async function playProject(stack: Stack, play: (ways: Ways) => Promise<void>): Promise<void> {
  const { start, reach, review, decide, keep, keepEnded } = stack;
  let held: Promise<void> | null = null;
  const provider = await startProviderServer((call) => {
    if (call.model !== 'writer-1') {
      const score = Number(/worth (\d\.\d)/.exec(textOf(call))?.[1] ?? 1);
      return json({ verdict: 'pass', reason: '', at: null, blames: null, missing: null, score });
    }
    const said = scripts[questionOf(call)]?.shift() ?? json({ text: 'Free for 30 days [1].' });
    return held ? { ...said, hold: held } : said;
  });
  const desk = createServer((_, response) => response.writeHead(200).end('{}'));
  await new Promise<void>((resolve) => {
    desk.listen(0, '127.0.0.1', resolve);
  });

  const questions = (name: string, count: number) => Array.from({ length: count }, (_, n) => ({ question: `${name} ${n}` }));
  const batch = async (inputs: readonly unknown[]): Promise<string> =>
    (await stack.call('/v1/chains/answers/batches', { cases: inputs.map((input) => ({ input })) })).id;
  const over = (id: string) => until(async () => ((await stack.call(`/v1/batches/${id}`)).ended_at === null ? null : true));
  const asked = (name: string, count: number) =>
    until(async () => (provider.calls.filter((call) => questionOf(call).startsWith(name)).length >= count ? true : null));

  /** Begin work, and stop its worker while so many of its answers are on their way. Another one goes on. */
  async function stoppedUnder(
    name: string,
    { begin, count, as }: { begin: () => Promise<string>; count: number; as: string },
  ): Promise<void> {
    let letGo: () => void = () => undefined;
    held = new Promise((resolve) => {
      letGo = resolve;
    });
    const id = await begin();
    await asked(name, count);
    if (as === 'whose-worker-stopped') await keep(id, `${name}-under-way`);
    const restarted = stack.restartWorker();
    // It has been told to stop when the answers come.
    await setTimeout(1_000);
    held = null;
    letGo();
    await restarted;
    await keepEnded(id, `${name}-${as}`);
  }

  async function parked(): Promise<void> {
    const left = await batch([{ question: 'bug in the chain function' }]);
    await over(left);
    const run = (await stack.call(`/v1/runs?batch=${left}`)).data[0]?.id ?? '';
    await reach(run, 'blocked');
    await keep(run, 'answers-left-a-batch-parked');
  }

  const stoppedBatch = (as: string): Promise<void> =>
    stoppedUnder('batch', { begin: () => batch(questions('batch', casesAtOnce + 4)), count: casesAtOnce, as });

  /** Answers enough that a worker works starts in place: the one before knew the model as a quick one, this one has to learn it. */
  const measure = async (): Promise<void> => {
    await over(await batch(questions('measured', measured)));
  };

  async function gathered(): Promise<void> {
    const [worked = ''] = await stack.startTogether('answers', questions('worked', 4));
    await reach(worked, 'succeeded');
    await keepEnded(await stack.batchOf(worked), 'gathering-worked');
  }

  async function stoppedGathering(as: string): Promise<void> {
    const begin = async (): Promise<string> => {
      const [run = ''] = await stack.startTogether('answers', questions('gathering', 4));
      await asked('gathering', 4);
      return stack.batchOf(run);
    };
    await stoppedUnder('gathering', { begin, count: 4, as });
  }

  async function gatheredTickets(): Promise<void> {
    const [run = ''] = await stack.startTogether('tickets', questions('ticket', 3));
    const waits = await review(run);
    await stack.batchOf(run);
    await keep(run, 'tickets-left-a-gathering-waiting');
    await decide(waits, { decision: 'reject', reason: 'Say when.' });
    await decide(await review(run, waits.id), { decision: 'approve' });
    await reach(run, 'succeeded');
    await keepEnded(run, 'tickets-left-a-gathering-sent-back');
  }

  async function tools(): Promise<void> {
    const ask = (question: string) => start('orders', { question, customer: 'c7' });
    const looked = await ask('looked up');
    await reach(looked, 'succeeded');
    await keepEnded(looked, 'orders-looked-up');
    const writes = await ask('waits to write');
    const allowed = await review(writes);
    await keep(writes, 'orders-waits-to-write');
    await decide(allowed, { decision: 'edit', value: { order: 'A-1', usd: 5 } });
    await reach(writes, 'succeeded');
    await keepEnded(writes, 'orders-wrote');
    const refused = await ask('refused to write');
    await decide(await review(refused), { decision: 'reject', reason: 'no receipt' });
    await reach(refused, 'succeeded');
    await keepEnded(refused, 'orders-refused-to-write');
  }

  async function turns(): Promise<void> {
    const run = await start('long', { question: '900 turns 450 drafts' });
    await reach(run, 'succeeded');
    await keepEnded(run, 'long-went-on');
  }

  async function samples(): Promise<void> {
    for (const [chain, question] of [
      ['labels', 'voted'],
      ['labels', 'drawn again'],
      ['letters', 'best'],
    ] as const) {
      const run = await start(chain, { question });
      await reach(run, 'succeeded');
      await keepEnded(run, `${chain}-${question.replace(' ', '-')}`);
    }
    const split = await start('labels', { question: 'split' });
    await review(split);
    await keep(split, 'labels-split-waiting');
  }

  try {
    await stack.serve({
      configFile,
      env: {
        OPENAI_BASE_URL: provider.openai_url,
        OPENAI_API_KEY: 'sk-histories',
        TRIMTAB_ENDPOINT_DESK: `http://127.0.0.1:${(desk.address() as AddressInfo).port}/`,
      },
    });
    await play({ tools, samples, parked, measure, stoppedBatch, gathered, stoppedGathering, gatheredTickets, turns });
  } finally {
    desk.close();
    desk.closeAllConnections();
    await provider.stop();
  }
}
