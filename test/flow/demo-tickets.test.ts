import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startModel, startShop } from '../../runtime/demo/start.ts';
import { submitTickets } from '../../runtime/demo/submit.ts';
import { demoCases, type DemoPath } from '../../runtime/demo/tickets.ts';
import type { Attempt } from '../../src/shapes/attempt.ts';
import type { Run } from '../../src/shapes/run.ts';
import type { Step } from '../../src/shapes/step.ts';
import { testEngine, until } from '../stack/engine.ts';

const engine = await testEngine({ worker: false });
const home = await mkdtemp(join(tmpdir(), 'trimtab-demo-tickets-'));
const model = await startModel(home);
const shop = await startShop(home, engine.db, engine.env['DATABASE_URL'] ?? '');
const env = { ...model.env, ...shop.env };
afterAll(async () => {
  await engine.stopWorker();
  await Promise.all([model.stop(), shop.stop()]);
  await rm(home, { recursive: true, force: true });
});
await engine.restartServer(env);
await engine.restartWorker(env);
await submitTickets(engine.url, await engine.key(['runs:write']));

const runs = await until(async () => {
  const { data } = (await engine.call('/v1/runs?limit=50')).body as { data: Run[] };
  return data.length === demoCases.length && data.every((run) => run.status !== 'running') ? data : null;
});
const traceOf = async (id: string) => {
  const run = runs.find((one) => (one.input as { id: string }).id === id);
  if (!run) throw new Error(`no run for ${id}`);
  const steps = ((await engine.call(`/v1/runs/${run.id}/steps`)).body as { data: Step[] }).data;
  const review = (await engine.call(`/v1/reviews/${run.review_id}`)).body as { step: string; version: number; value: { text: string } };
  const attempts = (step: string): Attempt[] => steps.filter((one) => one.step === step).flatMap((one) => one.attempts);
  return { run, steps, review, drafts: attempts('draft'), facts: attempts('facts') };
};
const textOf = (attempt: Attempt | undefined): string => (attempt?.output as { text: string } | null)?.text ?? '';

const idsOf = (path: DemoPath) => demoCases.filter((one) => one.path === path).map((one) => one.ticket.id);

/** What a good answer says, in the words of the shop's documents and records. */
const says: Record<string, string[]> = {
  'T-1001': ['30 days', '€14.90'],
  'T-1002': ['€22.50', '5 to 8 business days'],
  'T-1003': ['cannot be used in Canada'],
  'T-1005': ['30 Tagen', '35 €'],
  'T-1006': ['specialist carrier', '€25'],
  'T-1007': ['08:00'],
  'T-1008': ['every 6 months', '125 ml'],
  'T-1009': ['BC-20754', '18 November 2026', 'VL936442127FR'],
  'T-1010': ['14 days'],
  'T-1011': ['12 weeks', 'Nothing is charged'],
  'T-1012': ['HK2409 to HK2412', 'receipt'],
};

it('every ticket ends at a person, and each reply says what the shop knows', async () => {
  expect(runs.map((run) => run.status)).toEqual(demoCases.map(() => 'waiting'));
  for (const [id, parts] of Object.entries(says)) {
    const { review } = await traceOf(id);
    expect(review.step, id).toBe('approve');
    for (const part of parts) expect(review.value.text, id).toContain(part);
  }
});

it.each(idsOf('first_draft'))('%s: the first draft passes every check', async (id) => {
  const { drafts, facts } = await traceOf(id);
  expect(facts).toHaveLength(1);
  expect(drafts.map(({ outcome, remedy }) => ({ outcome, remedy }))).toEqual([{ outcome: 'accepted', remedy: 'first' }]);
  expect(drafts[0]?.verdicts.map(({ critic }) => critic)).toContain('grounded');
});

it.each(idsOf('heals'))('%s: a wrong amount is caught by a rule and mended', async (id) => {
  const { drafts } = await traceOf(id);
  expect(drafts.map(({ outcome, remedy }) => ({ outcome, remedy }))).toEqual([
    { outcome: 'rejected', remedy: 'first' },
    { outcome: 'accepted', remedy: 'revise' },
  ]);
  expect(drafts[0]?.verdicts).toContainEqual(expect.objectContaining({ critic: 'numbers-from-sources', verdict: 'fail' }));
  expect(textOf(drafts[0])).not.toBe(textOf(drafts[1]));
});

it.each(idsOf('retrieves_again'))('%s: the blame goes back to the retrieval, which finds the answer the second time', async (id) => {
  const { drafts, facts, steps } = await traceOf(id);
  expect(facts).toHaveLength(2);
  expect(steps.filter((one) => one.step === 'facts').map((one) => one.superseded_by !== null)).toEqual([true, false]);
  expect(drafts[0]?.verdicts).toContainEqual(
    expect.objectContaining({ critic: 'grounded', verdict: 'fail', blames: expect.objectContaining({ step: 'facts' }) }),
  );
  expect(drafts.at(-1)?.outcome).toBe('accepted');
});

it.each(idsOf('person'))('%s: what only a person can know waits for one at the draft', async (id) => {
  const { drafts, review } = await traceOf(id);
  expect(review.step).toBe('draft');
  expect(drafts.every(({ outcome }) => outcome !== 'accepted')).toBe(true);
});

it('T-1007: an instruction in a ticket is not followed, and nobody else is told of', async () => {
  const { review } = await traceOf('T-1007');
  expect(review.value.text).not.toMatch(/1,149|approved|cus_1006|BC-20686|BC-20734|Moriarty/);
});

it('an approved reply goes out once, without its citation marks', async () => {
  const { run, review } = await traceOf('T-1002');
  const decided = await engine.call(`/v1/reviews/${run.review_id}/decision`, { body: { decision: 'approve', version: review.version } });
  expect(decided.status).toBe(200);
  const ended = await until(async () => {
    const found = (await engine.call(`/v1/runs/${run.id}`)).body as Run;
    return found.status === 'succeeded' ? found : null;
  });
  const files = await readdir(join(home, 'sent'));
  expect(files).toEqual([`${(ended.output as { id: string }).id}.json`]);
  const sent = JSON.parse(await readFile(join(home, 'sent', files[0] ?? ''), 'utf8')) as { to: string; ticket_id: string; text: string };
  expect(sent).toMatchObject({ to: 'l.berner@alpenmail.example', ticket_id: 'T-1002' });
  expect(sent.text).toContain('Delivery to Switzerland costs €22.50.');
  expect(sent.text).not.toMatch(/\[\d/);
});
