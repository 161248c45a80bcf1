import { readFileSync } from 'node:fs';
import { messageOf } from '../src/errors.ts';
import type { Batch, BatchCounts } from '../src/shapes/batch.ts';
import { api } from './client.ts';
import { mark, show } from './output.ts';
import { withChainsNamed } from './unknown-chain.ts';
import { WrongUsage } from './wrong-usage.ts';

interface Options {
  batch: string;
  wait?: boolean;
  user?: string;
  idempotencyKey?: string;
  json?: boolean;
}

/** A request has at most 1 MiB; a larger file becomes several batches. */
const mostBytes = 900 * 1024;
const mostCases = 500;
const pollMs = 500;

/** `trimtab run <chain> --batch FILE [--wait]`: a run for each line. Exit code 1 when one of them failed or is blocked. */
export async function runBatch(chain: string, options: Options): Promise<void> {
  const batches: Batch[] = [];
  for (const [n, inputs] of portions(linesOf(options.batch)).entries())
    batches.push(
      await api<Batch>(`/v1/chains/${encodeURIComponent(chain)}/batches`, {
        method: 'POST',
        body: { cases: inputs.map((input) => ({ input, ...(options.user ? { user: options.user } : {}) })) },
        headers: options.idempotencyKey ? { 'idempotency-key': `${options.idempotencyKey}/${n}` } : {},
      }).catch(async (error: unknown) => {
        throw await withChainsNamed(error, chain);
      }),
    );
  const ended = options.wait ? await follow(batches, options.json ? () => undefined : (line) => console.error(line)) : batches;
  show(options, ended, () => ended.map((batch) => `${batch.id}  ${countsOf([batch])}`).join('\n'));
  const { failed, blocked, cancelled } = sum(ended);
  if (options.wait && failed + blocked + cancelled > 0) process.exitCode = 1;
}

/** JSON Lines: one input a line. Throws `WrongUsage` with the line that cannot be read. */
function linesOf(file: string): unknown[] {
  const name = file === '-' ? 'standard input' : file;
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new WrongUsage(`cannot read ${name}: ${messageOf(error)}`);
  }
  const inputs = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      try {
        return [JSON.parse(line) as unknown];
      } catch (error) {
        throw new WrongUsage(`${name}, line ${index + 1} is not JSON: ${messageOf(error)}`);
      }
    });
  if (inputs.length === 0) throw new WrongUsage(`${name} has no inputs: one JSON value a line`);
  return inputs;
}

function portions(inputs: readonly unknown[]): unknown[][] {
  const out: unknown[][] = [[]];
  let bytes = 0;
  for (const input of inputs) {
    const size = Buffer.byteLength(JSON.stringify(input)) + 100;
    const open = out.at(-1) as unknown[];
    if (open.length > 0 && (open.length === mostCases || bytes + size > mostBytes)) {
      out.push([input]);
      bytes = size;
    } else {
      open.push(input);
      bytes += size;
    }
  }
  return out;
}

/** A line whenever something has moved, until no run of the batches is running. */
async function follow(batches: readonly Batch[], print: (line: string) => void): Promise<Batch[]> {
  for (let said = ''; ;) {
    const now = await Promise.all(batches.map(({ id }) => api<Batch>(`/v1/batches/${id}`)));
    const line = countsOf(now);
    if (line !== said) print(`  ${line}`);
    said = line;
    if (sum(now).running === 0) return now;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

const statuses = ['succeeded', 'waiting', 'running', 'blocked', 'failed', 'cancelled'] as const;

const sum = (batches: readonly Batch[]): BatchCounts =>
  batches.reduce(
    (total, { counts }) => Object.fromEntries(statuses.map((status) => [status, total[status] + counts[status]])) as BatchCounts,
    { succeeded: 0, waiting: 0, running: 0, blocked: 0, failed: 0, cancelled: 0 },
  );

function countsOf(batches: readonly Batch[]): string {
  const counts = sum(batches);
  return statuses.flatMap((status) => (counts[status] > 0 ? [`${counts[status]} ${mark(status)}`] : [])).join(', ');
}
