import pc from 'picocolors';
import type { Run } from '../src/shapes/run.ts';
import type { Step } from '../src/shapes/step.ts';
import { api } from './client.ts';
import { unlessInterrupted } from './interrupted.ts';
import { readJson } from './json-input.ts';
import { mark, show } from './output.ts';
import { trace } from './trace.ts';
import { withChainsNamed } from './unknown-chain.ts';

interface Options {
  input: string;
  wait?: boolean;
  user?: string;
  idempotencyKey?: string;
  json?: boolean;
}

/** `trimtab run <chain> --input FILE [--wait]`. Exit code 1 when the run failed. */
export async function runChain(chain: string, options: Options): Promise<void> {
  const input = readJson(options.input);
  const run = await api<Run>(`/v1/chains/${encodeURIComponent(chain)}/runs`, {
    method: 'POST',
    body: { input, ...(options.user ? { user: options.user } : {}) },
    headers: options.idempotencyKey ? { 'idempotency-key': options.idempotencyKey } : {},
  }).catch(async (error: unknown) => {
    throw await withChainsNamed(error, chain);
  });
  if (!options.wait) return show(options, run, ({ id, status }) => `${id}  ${mark(status)}\nFollow it with: trimtab show ${id}`);
  const print = options.json ? () => undefined : (line: string) => console.error(line);
  print(pc.dim(`  ${run.id}`));
  const goesOn = `Nothing was stopped: ${run.id} goes on. Follow it with: trimtab show ${run.id}. Stop it with: trimtab cancel ${run.id}`;
  const ended = await unlessInterrupted(goesOn, () => follow(run.id, print));
  const steps = await stepsOf(run.id);
  show(options, { ...ended, steps }, () => `\n${trace(ended, steps)}`);
  if (ended.status === 'waiting' && !options.json)
    console.error(pc.yellow(`\nIt waits for a person: decide in the queue, or: trimtab decide ${ended.review_id ?? '<review>'} --approve`));
  if (ended.status === 'failed' || ended.status === 'cancelled' || ended.status === 'blocked') process.exitCode = 1;
}

export const stepsOf = async (id: string): Promise<Step[]> =>
  (await api<{ data: Step[] }>(`/v1/runs/${encodeURIComponent(id)}/steps`)).data;

const pollMs = 250;

/** One line whenever a step has moved, until the run ends or waits for somebody. */
async function follow(id: string, print: (line: string) => void): Promise<Run> {
  const seen = new Set<string>();
  for (;;) {
    const run = await api<Run>(`/v1/runs/${id}`);
    for (const line of (await stepsOf(id)).flatMap(progress)) {
      if (seen.has(line)) continue;
      seen.add(line);
      print(line);
    }
    if (run.status !== 'running') return run;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

const progress = (step: Step): string[] => [
  ...step.attempts.map(
    (attempt) =>
      `  ${pc.dim('·')} ${step.step}/${step.occurrence} attempt ${attempt.attempt} ${attempt.remedy === 'first' ? '' : `(${attempt.remedy}) `}${mark(attempt.outcome ?? 'running')}`,
  ),
  ...(step.kind === 'review'
    ? [`  ${pc.dim('·')} ${step.step}/${step.occurrence} ${step.status === 'running' ? 'waits for a person' : mark(step.status)}`]
    : []),
];
