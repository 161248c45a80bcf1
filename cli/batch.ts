import type { Batch, BatchCounts } from '../src/shapes/batch.ts';
import { Advised } from './advised.ts';
import { api, ApiError } from './client.ts';
import { unlessInterrupted } from './interrupted.ts';
import { mark, show } from './output.ts';
import { jsonTrouble, nameOf, readText } from './read-text.ts';
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
        throw oneList(error, inputs) ?? (await withChainsNamed(error, chain));
      }),
    );
  const print = options.json ? () => undefined : (line: string) => console.error(line);
  const ended = options.wait ? await unlessInterrupted(goesOn(batches), () => follow(batches, print)) : batches;
  show(options, ended, () => ended.map((batch) => `${batch.id}  ${countsOf([batch])}`).join('\n'));
  const { failed, blocked, cancelled } = sum(ended);
  if (options.wait && failed + blocked + cancelled > 0) process.exitCode = 1;
}

const goesOn = (batches: readonly Batch[]): string =>
  `Nothing was stopped: ${batches.map(({ id }) => id).join(', ')} ${batches.length > 1 ? 'go' : 'goes'} on. See the runs with: ${batches.map(({ id }) => `trimtab runs --batch ${id}`).join(' and ')}`;

/** A file that holds one list of inputs is one case that no chain takes. */
const oneList = (error: unknown, inputs: readonly unknown[]): Advised | null =>
  error instanceof ApiError && error.problem.code === 'invalid_input' && inputs.length === 1 && Array.isArray(inputs[0])
    ? new Advised('invalid_input', error.message, "The file holds one list; give its items one a line: jq -c '.[]' FILE")
    : null;

/** JSON Lines: one input a line. Throws `WrongUsage` with the line that cannot be read. */
function linesOf(file: string): unknown[] {
  const name = nameOf(file);
  const inputs = readText(file)
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      try {
        return [JSON.parse(line) as unknown];
      } catch (error) {
        throw new WrongUsage(`${name}, line ${index + 1} is not JSON: ${jsonTrouble(error)}; a batch holds one JSON value a line`);
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
