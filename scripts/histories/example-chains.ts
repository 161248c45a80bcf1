import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoFaultPlan } from '../../runtime/demo/fault-plan.ts';
import { startDemoModel } from '../../runtime/demo/model/server.ts';
import { startShop } from '../../runtime/demo/start.ts';
import { demoTickets } from '../../runtime/demo/tickets.ts';
import { parseCases } from '../../src/evaluate/case-file.ts';
import { until, type Stack } from './stack.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const ticket = (id: string) => demoTickets.find((one) => one.id === id);
const open = { question: 'How long are gift cards valid?' };
/** So many answers make a model known as a quick one (runtime/pace.ts): from then on runs begin in the worker's process. */
const measured = 20;
const isMeeting = (prompt: string): boolean => prompt.includes('You read the transcript');
const isFirst = (prompt: string): boolean => !prompt.includes('<advice>');

/** One history of every kind of way that a run of the example chains takes, with the demo model. */
export async function playExampleChains(stack: Stack): Promise<void> {
  const { start, reach, review, decide, keep, keepEnded } = stack;
  let meetingFault = false;
  const model = await startDemoModel({
    plan: (prompt) => (isMeeting(prompt) ? (meetingFault && isFirst(prompt) ? 'wrong_amount' : null) : demoFaultPlan(prompt)),
    log: () => undefined,
  });
  const shop = await startShop(stack.home, stack.db, stack.postgresUrl);
  const approve = async (id: string): Promise<void> => {
    await decide(await review(id), { decision: 'approve' });
    await reach(id, 'succeeded');
  };

  async function approved(id: string, name: string): Promise<void> {
    const run = await start('support-reply', ticket(id));
    await approve(run);
    await keepEnded(run, `support-reply-${name}`);
  }

  async function sentBack(): Promise<void> {
    const run = await start('support-reply', ticket('T-1006'));
    const first = await review(run);
    await decide(first, { decision: 'reject', reason: 'say first that we are sorry' });
    const second = await review(run, first.id);
    await decide(second, {
      decision: second.step === 'draft' ? 'edit' : 'approve',
      ...(second.step === 'draft' ? { value: { text: 'We are sorry [1].' } } : {}),
    });
    await reach(run, 'succeeded');
    await keepEnded(run, 'support-reply-sent-back');
  }

  async function askedAPerson(): Promise<void> {
    const run = await start('support-reply', ticket('T-1004'));
    await decide(await review(run), { decision: 'edit', value: { text: 'We found your umbrella and keep it for you.' } });
    await reach(run, 'succeeded');
    await keepEnded(run, 'support-reply-asked-a-person');
  }

  async function waitingAndCancelled(): Promise<void> {
    const [waits, cancelled] = [await start('support-reply', ticket('T-1005')), await start('support-reply', ticket('T-1008'))];
    await Promise.all([review(waits), review(cancelled)]);
    await keep(waits, 'support-reply-waiting');
    await stack.call(`/v1/runs/${cancelled}/cancel`, {});
    await reach(cancelled, 'cancelled');
    await keepEnded(cancelled, 'support-reply-cancelled');
  }

  let changes = 0;
  /** Play with a copy of the chains in which one text of support-reply's definition is another. */
  async function withChange([from, to]: [string, string], play: () => Promise<void>): Promise<void> {
    // A folder of its own each time: what was imported from a path once is imported from there for ever.
    const changed = join(root, `.changed-${process.pid}-${(changes += 1)}`);
    await cp(join(root, 'chains'), join(changed, 'chains'), { recursive: true });
    await cp(join(root, 'trimtab.config.ts'), join(changed, 'trimtab.config.ts'));
    const file = join(changed, 'chains/support-reply/definition.ts');
    const text = await readFile(file, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no '${from}'`);
    await writeFile(file, text.replace(from, to));
    try {
      await stack.restartWorker(join(changed, 'trimtab.config.ts'));
      await play();
    } finally {
      await rm(changed, { recursive: true, force: true });
    }
    await stack.restartWorker();
  }

  /** A definition with a bug: the run is parked in a history of its own, and goes on when the bug is gone. */
  async function chainError(): Promise<void> {
    let run = '';
    await withChange(['input: Outgoing,', 'input: Outgoing.extend({ signature: z.string() }),'], async () => {
      run = await start('support-reply', ticket('T-1009'));
      await decide(await review(run), { decision: 'approve' });
      const blocked = await reach(run, 'blocked');
      if (blocked.error?.code !== 'chain_error') throw new Error(`blocked by ${blocked.error?.code}, not by the bug`);
    });
    await stack.call(`/v1/runs/${run}/retry`, {});
    await reach(run, 'succeeded');
    await keepEnded(run, 'support-reply-chain-error');
  }

  /** Nobody decides in time: the review moves to another queue, where somebody does. */
  async function escalated(): Promise<void> {
    await withChange(["escalate: { after: '8h', to: 'leads' }", "escalate: { after: '2s', to: 'leads' }"], async () => {
      const run = await start('support-reply', ticket('T-1001'));
      const { id } = await review(run);
      await until(async () => ((await stack.call(`/v1/reviews/${id}`)).queue === 'leads' ? true : null));
      await approve(run);
      await keepEnded(run, 'support-reply-escalated');
    });
  }

  async function answered(chain: string, question: string): Promise<void> {
    const run = await start(chain, { question });
    await reach(run, 'succeeded');
    await keepEnded(run, `${chain}-accepted`);
  }

  /** A proposal that waits, one that is approved, one whose first draft has a wrong amount, and two whose starts were gathered. */
  async function meetings(): Promise<void> {
    const file = join(root, 'chains/meeting-to-crm/cases.jsonl');
    const agreed = parseCases(await readFile(file, 'utf8'), file)[0]?.input as { id: string };
    const propose = async (id: string): Promise<string> => {
      const run = await start('meeting-to-crm', { ...agreed, id });
      await review(run);
      return run;
    };
    const run = await propose('approved');
    await keep(run, 'meeting-to-crm-waiting');
    await approve(run);
    await keepEnded(run, 'meeting-to-crm-accepted');
    meetingFault = true;
    const healed = await propose('healed');
    meetingFault = false;
    await approve(healed);
    await keepEnded(healed, 'meeting-to-crm-healed');
    const inputs = ['gathered', 'beside'].map((id) => ({ ...agreed, id }));
    const [gathered = ''] = await stack.startTogether('meeting-to-crm', inputs);
    await approve(gathered);
    await stack.batchOf(gathered);
    await keepEnded(gathered, 'meeting-to-crm-left-a-gathering');
  }

  /** Cases that end in the batch's own workflow, and one that leaves it to wait for a person. */
  async function batches(): Promise<void> {
    const over = (id: string) => until(async () => ((await stack.call(`/v1/batches/${id}`)).ended_at === null ? null : true));
    const answers = await stack.call('/v1/chains/grounded-answer/batches', { cases: Array.from({ length: 4 }, () => ({ input: open })) });
    await over(answers.id);
    await keepEnded(answers.id, 'batch-of-grounded-answer');
    const tickets = await stack.call('/v1/chains/support-reply/batches', { cases: [{ input: ticket('T-1003') }] });
    await over(tickets.id);
    const left = (await stack.call(`/v1/runs?batch=${tickets.id}`)).data[0]?.id ?? '';
    await approve(left);
    await keepEnded(left, 'support-reply-left-a-batch');
  }

  try {
    await stack.serve({ env: { TRIMTAB_DEMO_MODEL_URL: model.base_url, ...shop.env } });
    await approved('T-1001', 'unmeasured');
    const runs = await Promise.all(Array.from({ length: measured }, () => start('grounded-answer', open)));
    for (const run of runs) await reach(run, 'succeeded');
    await approved('T-1001', 'accepted');
    await approved('T-1002', 'healed');
    await approved('T-1003', 'backtracked');
    await sentBack();
    await askedAPerson();
    await waitingAndCancelled();
    await answered('grounded-answer', open.question);
    await answered('text-to-sql', 'How many orders were placed in October 2026?');
    await answered('research-answer', 'When was the Erie Canal opened?');
    await meetings();
    await batches();
    await chainError();
    await escalated();
  } finally {
    await Promise.all([model.stop(), shop.stop()]);
  }
}
