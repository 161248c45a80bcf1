import { messageOf } from '../src/errors.ts';
import { doctorChain } from '../src/shapes/doctor-chain.ts';
import type { Run } from '../src/shapes/run.ts';
import type { Step } from '../src/shapes/step.ts';
import { ApiError, api } from './client.ts';
import type { Check } from './doctor.ts';
import { money } from './output.ts';

const stages = ['API', 'Postgres', 'Temporal', 'worker', 'provider', 'records', 'clean-up'] as const;
type StageName = (typeof stages)[number];

/** A stage that is not well, with what to do. Everything after it is not reached. */
class Trouble extends Error {
  override readonly name = 'Trouble';
  readonly stage: StageName;
  readonly next: string;
  constructor(stage: StageName, message: string, next: string) {
    super(message);
    this.stage = stage;
    this.next = next;
  }
}

interface Patience {
  /** How long the worker may take to begin the run. */ beginMs: number;
  /** How long all models together may take. */ answerMs: number;
}
const patience: Patience = { beginMs: 20_000, answerMs: 150_000 };
const pollMs = 200;

/**
 * Walk the whole path with a run of our own: API, Postgres, Temporal, worker, every configured model, records. It costs some
 * hundred tokens a model, is marked `synthetic` and deleted again. Names the stage that is not well.
 */
export async function deepDoctor(wait: Patience = patience): Promise<Check[]> {
  const well = new Map<StageName, string>();
  let run: Run | null = null;
  let trouble: Trouble | null = null;
  try {
    await reachable(well);
    run = await begin(well, wait.beginMs);
    await answered(run, well, wait.answerMs);
  } catch (error) {
    trouble = error instanceof Trouble ? error : inApi(error);
  }
  if (run !== null) trouble = (await cleanUp(run, well)) ?? trouble;
  return stages.map((stage) => checkOf(stage, well, trouble));
}

function checkOf(stage: StageName, well: ReadonlyMap<StageName, string>, trouble: Trouble | null): Check {
  const name = `deep: ${stage}`;
  if (trouble?.stage === stage) return { name, ok: false, detail: trouble.message, next: trouble.next };
  const detail = well.get(stage);
  return detail === undefined ? { name, ok: false, detail: 'not reached' } : { name, ok: true, detail };
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** The server's own word on what it needs. */
async function reachable(well: Map<StageName, string>): Promise<void> {
  const since = performance.now();
  await api('/healthz');
  well.set('API', `answers in ${seconds(since)}`);
  const missing = await api<{ missing: string[] }>('/readyz').then(
    () => [],
    (error: unknown) => {
      const said = error instanceof ApiError ? (error.problem as { missing?: string[] }).missing : undefined;
      if (said === undefined) throw error;
      return said;
    },
  );
  const about = (word: RegExp): string | undefined => missing.find((sentence) => word.test(sentence));
  const database = about(/database/);
  if (database !== undefined) throw new Trouble('Postgres', database, 'Start it, or mend DATABASE_URL of the server.');
  well.set('Postgres', 'the server reads it');
  const temporal = about(/Temporal/);
  if (temporal !== undefined) throw new Trouble('Temporal', temporal, 'Start it, or mend TEMPORAL_ADDRESS of the server.');
  well.set('Temporal', 'the server reaches it');
  const worker = about(/worker/);
  if (worker !== undefined) throw new Trouble('worker', worker, 'Start one: trimtab worker; its log says why it ends.');
}

/** Start a synthetic run, and wait until a worker has begun it. */
async function begin(well: Map<StageName, string>, withinMs: number): Promise<Run> {
  const since = performance.now();
  const chain = await api<{ steps: { name: string }[] }>(`/v1/chains/${doctorChain}`);
  const started = await api<Run>(`/v1/chains/${doctorChain}/runs`, {
    method: 'POST',
    body: { input: { steps: chain.steps.map(({ name }) => name) }, metadata: { synthetic: true } },
  });
  const run = await poll(started.id, withinMs, ({ plan, status }) => plan !== null || status !== 'running');
  if (run.plan === null && run.status === 'running') {
    await cleanUp(run, well);
    throw new Trouble(
      'worker',
      `no worker has begun the run within ${withinMs / 1000} s`,
      'Server and worker must have the same TRIMTAB_TASK_QUEUE and TEMPORAL_NAMESPACE; /metrics shows what waits.',
    );
  }
  well.set('worker', `begun after ${seconds(since)}`);
  return run;
}

async function answered(run: Run, well: Map<StageName, string>, withinMs: number): Promise<void> {
  const ended = await poll(run.id, withinMs, ({ status }) => status !== 'running');
  const { data: steps } = await api<{ data: Step[] }>(`/v1/runs/${run.id}/steps`);
  const attempts = steps.flatMap((step) => step.attempts.map((attempt) => ({ ...attempt, step: step.step })));
  const failed = attempts.findLast(({ outcome }) => outcome !== null && outcome !== 'accepted');
  const who = failed ? `${failed.provider}/${failed.model}` : 'the models';
  if (ended.status === 'running')
    throw new Trouble('provider', `${who} did not answer within ${withinMs / 1000} s`, 'Look at the run in the page, and at the provider.');
  if (ended.error !== null)
    throw new Trouble(
      'provider',
      `${who}: ${failed?.outcome ?? ended.error.code}: ${failed?.error ?? ended.error.message}`,
      ended.error.next,
    );
  well.set(
    'provider',
    attempts.map(({ provider, model, latency_ms }) => `${provider}/${model} in ${((latency_ms ?? 0) / 1000).toFixed(1)} s`).join(', '),
  );
  const silent = attempts.find(({ outcome, started_at }) => outcome === null || started_at === null);
  if (attempts.length === 0 || silent || ended.status !== 'succeeded')
    throw new Trouble(
      'records',
      `the run is ${ended.status} with ${attempts.length} attempts on record`,
      'Report this with the log of the worker.',
    );
  well.set('records', `${attempts.length} attempts, ${money(ended.usage.cost_usd)}`);
}

async function poll(id: string, withinMs: number, until: (run: Run) => boolean): Promise<Run> {
  for (const end = Date.now() + withinMs; ;) {
    const run = await api<Run>(`/v1/runs/${id}`);
    if (until(run) || Date.now() > end) return run;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Deleting cancels what still runs. */
async function cleanUp(run: Run, well: Map<StageName, string>): Promise<Trouble | null> {
  try {
    await api(`/v1/runs/${run.id}`, { method: 'DELETE' });
    well.set('clean-up', `${run.id} is deleted`);
    return null;
  } catch (error) {
    return new Trouble('clean-up', `${run.id} is still there (${messageOf(error)})`, `Delete it: DELETE /v1/runs/${run.id}`);
  }
}

/** Refused or not answered: what the API says of itself decides which stage it was. */
function inApi(error: unknown): Trouble {
  if (error instanceof ApiError && error.problem.code === 'unavailable')
    return new Trouble('Postgres', error.message, 'Start it, or mend DATABASE_URL of the server.');
  if (error instanceof ApiError && error.problem.code === 'unknown_chain')
    return new Trouble('API', 'the server is older than this command', 'Update the server and the workers.');
  const [message = '', ...next] = messageOf(error).split(/(?<=\)|key): (?=[a-z])/);
  return new Trouble('API', message, next.join(': ') || (error instanceof ApiError ? (error.problem.next ?? '') : ''));
}
