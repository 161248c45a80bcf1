/**
 * `npm run history:demo -- [--into FOLDER]` plays the example chains with the demo model on a stack of its own and stores one history of every
 * kind of way a run takes, under test/histories/<version>, or in FOLDER (from test/histories). To be run once a version, before its chains or its loop
 * are changed.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { textCodec } from '../runtime/codec.ts';
import { startModel, startShop } from '../runtime/demo/start.ts';
import { demoTickets } from '../runtime/demo/tickets.ts';
import { freePort } from '../runtime/local/ports.ts';
import { startPostgres } from '../runtime/local/postgres.ts';
import { findTemporal } from '../runtime/local/temporal-program.ts';
import { startTemporal } from '../runtime/local/temporal.ts';
import { runServer } from '../runtime/server-process.ts';
import { runWorker } from '../runtime/worker-process.ts';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/store/database.ts';
import { createKey } from '../src/store/keys.ts';
import { migrate } from '../src/store/migrate.ts';
import { storeHistory } from './store-history.ts';

const { values } = parseArgs({ options: { into: { type: 'string' } } });
const root = fileURLToPath(new URL('../', import.meta.url));
const home = await mkdtemp(join(tmpdir(), 'trimtab-histories-'));
const postgres = await startPostgres({ home, log: () => undefined, durable: false });
const temporal = await startTemporal({ home, program: await findTemporal({ cache: readConfig().cache }), inMemory: true });
await migrate(postgres.url);
const db = openDatabase(postgres.url, { max: 4 });
const model = await startModel(home);
const shop = await startShop(home, db, postgres.url);
const env = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  ...model.env,
  ...shop.env,
  DATABASE_URL: postgres.url,
  TEMPORAL_ADDRESS: temporal.address,
  TRIMTAB_HOME: home,
  TRIMTAB_PORT: String(await freePort()),
  TRIMTAB_WEB_ROOT: join(home, 'no-page'),
  TRIMTAB_LOG: 'warn',
};
const { key } = await createKey(db, { name: 'histories', scopes: ['runs:read', 'runs:write', 'reviews:decide'] });
const server = await runServer({ env });
let worker = await runWorker({ env });
const client = new Client({ connection: await Connection.connect({ address: temporal.address }) });

interface Answer {
  id: string;
  status: string;
  step: string;
  version: number;
  queue: string;
  value: unknown;
  error: { code: string } | null;
  data: Answer[];
}

async function call(path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(new URL(path, server.url), {
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const start = async (chain: string, input: unknown): Promise<string> => (await call(`/v1/chains/${chain}/runs`, { input })).id;
const reach = (id: string, status: string) =>
  until(async () => {
    const run = await call(`/v1/runs/${id}`);
    return run.status === status ? run : null;
  });
const review = (id: string, not = '') =>
  until(async () => (await call(`/v1/reviews?run_id=${id}&status=pending`)).data.find((one) => one.id !== not) ?? null);
const decide = ({ id, version }: Answer, decision: Record<string, unknown>) => call(`/v1/reviews/${id}/decision`, { version, ...decision });
const approve = async (id: string): Promise<void> => {
  await decide(await review(id), { decision: 'approve' });
  await reach(id, 'succeeded');
};
const keep = async (run_id: string, name: string): Promise<void> => {
  for (const file of await storeHistory(client, textCodec(db), { run_id, name, whole: true, into: values.into })) console.log(file);
};
const ticket = (id: string) => demoTickets.find((one) => one.id === id);

async function restartWorker(configFile?: string): Promise<void> {
  worker.stop();
  await worker.done;
  worker = await runWorker({ env, ...(configFile ? { configFile } : {}) });
}

async function approved(id: string, name: string): Promise<void> {
  const run = await start('support-reply', ticket(id));
  await approve(run);
  await keep(run, `support-reply-${name}`);
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
  await keep(run, 'support-reply-sent-back');
}

async function askedAPerson(): Promise<void> {
  const run = await start('support-reply', ticket('T-1004'));
  await decide(await review(run), { decision: 'edit', value: { text: 'We found your umbrella and keep it for you.' } });
  await reach(run, 'succeeded');
  await keep(run, 'support-reply-asked-a-person');
}

async function waitingAndCancelled(): Promise<void> {
  const [waits, cancelled] = [await start('support-reply', ticket('T-1005')), await start('support-reply', ticket('T-1008'))];
  await Promise.all([review(waits), review(cancelled)]);
  await keep(waits, 'support-reply-waiting');
  await call(`/v1/runs/${cancelled}/cancel`, {});
  await reach(cancelled, 'cancelled');
  await keep(cancelled, 'support-reply-cancelled');
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
    await restartWorker(join(changed, 'trimtab.config.ts'));
    await play();
  } finally {
    await rm(changed, { recursive: true, force: true });
  }
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
  await restartWorker();
  await call(`/v1/runs/${run}/retry`, {});
  await reach(run, 'succeeded');
  await keep(run, 'support-reply-chain-error');
}

/** Nobody decides in time: the review moves to another queue, where somebody does. */
async function escalated(): Promise<void> {
  await withChange(["escalate: { after: '8h', to: 'leads' }", "escalate: { after: '2s', to: 'leads' }"], async () => {
    const run = await start('support-reply', ticket('T-1001'));
    const { id } = await review(run);
    await until(async () => ((await call(`/v1/reviews/${id}`)).queue === 'leads' ? true : null));
    await approve(run);
    await keep(run, 'support-reply-escalated');
  });
  await restartWorker();
}

async function answered(chain: string, question: string): Promise<void> {
  const run = await start(chain, { question });
  await reach(run, 'succeeded');
  await keep(run, `${chain}-accepted`);
}

/** So many answers make a model known as a quick one (runtime/pace.ts): from then on runs begin in the worker's process. */
const measured = 20;
async function warm(): Promise<void> {
  const runs = await Promise.all(
    Array.from({ length: measured }, () => start('grounded-answer', { question: 'How long are gift cards valid?' })),
  );
  for (const run of runs) await reach(run, 'succeeded');
}

try {
  await approved('T-1001', 'unmeasured');
  await warm();
  await approved('T-1001', 'accepted');
  await approved('T-1002', 'healed');
  await approved('T-1003', 'backtracked');
  await sentBack();
  await askedAPerson();
  await waitingAndCancelled();
  await answered('grounded-answer', 'How long are gift cards valid?');
  await answered('text-to-sql', 'How many orders were placed in October 2026?');
  await answered('research-answer', 'When was the Erie Canal opened?');
  await chainError();
  await escalated();
} finally {
  worker.stop();
  await worker.done;
  await server.stop();
  await client.connection.close();
  await db.destroy();
  await Promise.all([model.stop(), shop.stop(), temporal.stop(), postgres.stop()]);
  await rm(home, { recursive: true, force: true });
}
