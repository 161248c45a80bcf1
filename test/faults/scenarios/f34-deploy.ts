import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../../../src/correct/seeded-random.ts';
import type { Child } from '../../stack/trimtab-child.ts';
import { createClient, type Client } from '../harness/client.ts';
import { countRuns } from '../harness/count-runs.ts';
import { judge, type Counts, type Fault, type Size } from '../harness/fault.ts';
import { liveness, settle } from '../harness/invariants.ts';
import { peopleAtWork } from '../harness/people.ts';
import { startFaultStack, type FaultStack } from '../harness/stack.ts';
import { reaches, within } from '../harness/until.ts';

const projects = fileURLToPath(new URL('../../projects', import.meta.url));

/** The project with these texts replaced, in a folder beside it: an import must find our packages from there. */
async function changedProject(
  name: string,
  changes: readonly { file: string; from: string; to: string }[],
): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = `${projects}-${name}-${process.pid}`;
  await cp(projects, folder, { recursive: true });
  for (const { file, from, to } of changes) {
    const text = await readFile(`${folder}/${file}`, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    await writeFile(`${folder}/${file}`, text.replace(from, to));
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A worker makes 200 calls at once (runtime/worker.ts): with more under way nothing else would get to its person. */
const mostUnderWay = 150;

/** So many runs: some have a draft under way until `release`, every second one at most; the others wait for a person. */
async function fill(stack: FaultStack, client: Client, many: number): Promise<{ release(): void }> {
  let release: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    release = resolve;
  });
  const names = Array.from({ length: many }, (_, n) => `deploy ${n}`);
  const held = names.filter((_, n) => n % 2 === 1).slice(0, mostUnderWay);
  for (const name of held) stack.model.gates.set(name, answered);
  for (let from = 0; from < names.length; from += 50) await Promise.all(names.slice(from, from + 50).map((name) => client.start(name)));
  await reaches(many, 'runs wait', async () => held.length + (await countRuns(stack, 'waiting')));
  await reaches(many, 'runs have asked', () => names.filter((name) => stack.model.callsFor(name).length > 0).length);
  return { release };
}

/** New chain, new prompt, new ladder under runs in flight, and back. What a run began with it ends with. */
async function deploy({ full, seed }: Size): Promise<Counts> {
  const many = full ? 500 : 40;
  const stack = await startFaultStack();
  const next = await changedProject('fault-next', [
    { file: 'tickets/prompts/draft.liquid', from: 'You answer.', to: 'You answer in one line.' },
    { file: 'tickets/definition.ts', from: 'revise(2)', to: 'revise(1)' },
    { file: 'trimtab.config.ts', from: "tickets: './tickets'", to: "tickets: './tickets', odd: './odd'" },
  ]);
  try {
    let [server, worker]: Child[] = [await stack.server(), await stack.worker()];
    const client = createClient(stack);
    const { release } = await fill(stack, client, many);
    const old = new Set(client.accepted.values());
    const change = async (folder?: string): Promise<void> => {
      await Promise.all([server?.end('SIGTERM'), worker?.end('SIGTERM')]);
      [server, worker] = await Promise.all([stack.server({}, folder), stack.worker({}, folder)]);
    };
    await change(next.folder);
    release();
    const fresh = await Promise.all(['fresh 1', 'fresh 2'].map((name) => client.start(name)));
    const people = peopleAtWork(client, { random: seededRandom(seed) });
    await reaches(many / 3, 'runs have ended under the new build', () => countRuns(stack, 'succeeded'));
    await change();
    await reaches(many + fresh.length, 'runs have succeeded', () => countRuns(stack, 'succeeded'));
    const found = await settle(stack, client);
    const aliveMs = await liveness(stack, client);
    await people.leave();
    const drafts = await stack.db
      .selectFrom('attempts')
      .select(['run_id', 'prompt_version', 'sent'])
      .where('step', '=', 'draft')
      .where('call', '=', 'draft')
      .where('sent', 'is not', null)
      .execute();
    const wrongly = drafts.filter(
      ({ run_id, sent }) =>
        !run_id.startsWith('alive') &&
        JSON.stringify(sent).includes('in one line') === old.has(run_id) &&
        (old.has(run_id) || fresh.includes(run_id)),
    );
    return judge({
      operations: many + fresh.length,
      kills: 0,
      succeeded: many + fresh.length,
      lost: found.lost.length,
      doubled: found.doubled.length + wrongly.length,
      notes: {
        in_flight: many,
        drafts_checked: drafts.length,
        on_another_prompt: wrongly.length,
        alive_ms: aliveMs,
        findings: [...found.lost, ...found.doubled].slice(0, 3).join('; '),
      },
    });
  } finally {
    await Promise.all([stack.stop(), next.remove()]);
  }
}

/** A build whose chain function asks for something else than the histories hold. The runs say so, and go on after the rollback. */
async function misfit({ full }: Size): Promise<Counts> {
  const many = full ? 500 : 20;
  const stack = await startFaultStack();
  const bad = await changedProject('fault-bad', [
    { file: 'tickets/workflow.ts', from: 'facts({ question })', to: 'facts({ question: `${question}, in short` })' },
  ]);
  try {
    await stack.server();
    let worker = await stack.worker();
    const client = createClient(stack);
    const { release } = await fill(stack, client, many);
    await worker.end('SIGTERM');
    worker = await stack.worker({}, bad.folder);
    const from = Date.now();
    release();
    const pending = await stack.db
      .selectFrom('reviews')
      .select(['id', 'run_id', 'version', 'value'])
      .where('status', '=', 'pending')
      .execute();
    await Promise.all(pending.map((review) => client.decide(review, { decision: 'approve' })));
    const blocked = async (): Promise<number> =>
      (await stack.db.selectFrom('runs').select(['id', 'error']).where('status', '=', 'blocked').execute()).filter(
        ({ error }) => (error as { code?: string } | null)?.code === 'build_mismatch',
      ).length;
    await within(180_000, 'a run is blocked with build_mismatch', async () => (await blocked()) > 0);
    const firstMs = Date.now() - from;
    await reaches(pending.length, 'runs that moved are blocked', blocked);
    const allMs = Date.now() - from;
    await worker.end('SIGTERM');
    const back = Date.now();
    await stack.worker();
    const people = peopleAtWork(client, { random: seededRandom(1) });
    await reaches(many, 'runs have succeeded', () => countRuns(stack, 'succeeded'));
    const healedMs = Date.now() - back;
    const found = await settle(stack, client);
    await people.leave();
    return judge({
      operations: many,
      kills: 0,
      succeeded: many,
      lost: found.lost.length + (firstMs > 60_000 ? 1 : 0),
      doubled: found.doubled.length,
      notes: {
        named_first_ms: firstMs,
        named_all_ms: allMs,
        healed_ms: healedMs,
        findings: [...found.lost, ...found.doubled].slice(0, 3).join('; '),
      },
    });
  } finally {
    await Promise.all([stack.stop(), bad.remove()]);
  }
}

export const deploying: Fault = {
  id: 'F34',
  title: 'a new build with new prompts, ladder and chain under runs in flight, rolled back',
  kills: { slice: 0, full: 0 },
  run: deploy,
};
export const misfitting: Fault = {
  id: 'F35',
  title: 'a build that does not fit the runs, rolled back',
  kills: { slice: 0, full: 0 },
  run: misfit,
};
