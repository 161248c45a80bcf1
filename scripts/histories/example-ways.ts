import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { demoTickets } from '../../runtime/demo/tickets.ts';
import { parseCases } from '../../src/evaluate/case-file.ts';
import { serveExamples } from './example-project.ts';
import { until, type Stack } from './stack.ts';

const meetingCases = fileURLToPath(new URL('../../chains/meeting-to-crm/cases.jsonl', import.meta.url));
/** What each chain's writer is told, so that a fault can be planted in its drafts. */
const tells = { answer: '<question>', sql: 'You write one SELECT', meeting: 'You read the transcript' };
const asked = {
  canal: 'When was the Erie Canal opened?',
  cards: 'How long are gift cards valid?',
  orders: 'How many orders were placed in October 2026?',
};

/** A meeting in which something was agreed, under this id. */
async function meeting(id: string): Promise<unknown> {
  const [agreed] = parseCases(await readFile(meetingCases, 'utf8'), meetingCases);
  return { ...(agreed?.input as object), id };
}

/** Ways of the other example chains, and those that a missing model makes. */
export async function playExampleWays(stack: Stack): Promise<void> {
  const { start, reach, review, decide, keepEnded } = stack;
  const project = await serveExamples(stack);
  const { plant, answered } = project;

  async function healed(): Promise<void> {
    plant({ kind: 'missing_citation', where: tells.answer });
    await answered('grounded-answer', { question: asked.cards, as: 'healed' });
    await answered('research-answer', { question: asked.canal, as: 'healed' });
    plant({ kind: 'wrong_column', where: tells.sql });
    await answered('text-to-sql', { question: asked.orders, as: 'healed' });
    plant(null);
  }

  async function meetings(): Promise<void> {
    const back = await start('meeting-to-crm', await meeting('sent-back'));
    const first = await review(back);
    await decide(first, { decision: 'reject', reason: 'leave out what nobody agreed on' });
    await decide(await review(back, first.id), { decision: 'edit', value: first.value });
    const last = await Promise.race([reach(back, 'succeeded'), review(back, first.id)]);
    if (last.status !== 'succeeded') await decide(last, { decision: 'approve' });
    await reach(back, 'succeeded');
    await keepEnded(back, 'meeting-to-crm-sent-back');
    const cancelled = await start('meeting-to-crm', await meeting('cancelled'));
    await review(cancelled);
    await stack.call(`/v1/runs/${cancelled}/cancel`, {});
    await reach(cancelled, 'cancelled');
    await keepEnded(cancelled, 'meeting-to-crm-cancelled');
  }

  /** The model was asked, and the run waits to ask again. */
  const triedOnce = (run: string): Promise<true> =>
    until(async () => {
      const tries = stack.db.selectFrom('attempts').select('run_id').where('run_id', '=', run).where('outcome', '=', 'overloaded');
      return (await tries.executeTakeFirst()) === undefined ? null : true;
    });

  /** Nobody answers: one run waits until somebody says retry, others are cancelled while they wait to ask again. */
  async function withoutModel(): Promise<void> {
    project.away(true);
    const chains = { 'grounded-answer': asked.cards, 'research-answer': asked.canal, 'text-to-sql': asked.orders };
    const waits = await start('grounded-answer', { question: asked.cards });
    await reach(waits, 'blocked');
    for (const [chain, question] of Object.entries(chains)) {
      const run = await start(chain, { question });
      await triedOnce(run);
      await stack.call(`/v1/runs/${run}/cancel`, {});
      await reach(run, 'cancelled');
      await keepEnded(run, `${chain}-cancelled`);
    }
    project.away(false);
    await stack.call(`/v1/runs/${waits}/retry`, {});
    await reach(waits, 'succeeded');
    await keepEnded(waits, 'grounded-answer-retried');
  }

  try {
    await healed();
    project.blame('facts');
    await answered('grounded-answer', { question: asked.cards, as: 'backtracked' });
    project.blame('query');
    await answered('text-to-sql', { question: asked.orders, as: 'backtracked' });
    await meetings();
    await withoutModel();
  } finally {
    await project.stop();
  }
}

/** Runs of every example chain that go on in new histories: on a stack whose Temporal suggests it after a few events. */
export async function playLongRuns(stack: Stack): Promise<void> {
  const { start, review, decide } = stack;
  const project = await serveExamples(stack);
  try {
    const ticket = await start(
      'support-reply',
      demoTickets.find(({ id }) => id === 'T-1006'),
    );
    await decide(await review(ticket), { decision: 'reject', reason: 'say first that we are sorry' });
    await project.approved(ticket, 'support-reply-went-on');
    await project.approved(await start('meeting-to-crm', await meeting('went-on')), 'meeting-to-crm-went-on');
    project.blame('facts');
    await project.answered('grounded-answer', { question: asked.cards, as: 'went-on' });
    await project.answered('research-answer', { question: asked.canal, as: 'went-on' });
    project.blame('query');
    await project.answered('text-to-sql', { question: asked.orders, as: 'went-on' });
  } finally {
    await project.stop();
  }
}
