/** `npm run test:faults`: all faults in full, or `--only F1,F9`; `--resume` goes on in the file of an earlier sitting. `--slice`: as `npm test` does it. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { isFault, type Counts, type Fault } from './harness/fault.ts';

interface Row {
  id: string;
  title: string;
  commit: string;
  at: string;
  seconds: number;
  seed: number;
  slice: boolean;
  counts: Counts | null;
  error: string | null;
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    resume: { type: 'boolean', default: false },
    slice: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rows: { type: 'string', default: '.trimtab/faults.jsonl' },
  },
});
const here = fileURLToPath(new URL('.', import.meta.url));
const rowsFile = resolve(values.rows);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function faults(): Promise<Fault[]> {
  const files = readdirSync(join(here, 'scenarios')).filter((name) => name.endsWith('.ts'));
  const modules = await Promise.all(
    files.map((name) => import(pathToFileURL(join(here, 'scenarios', name)).href) as Promise<Record<string, unknown>>),
  );
  const found = modules.flatMap((module) => Object.values(module)).filter(isFault);
  return found.toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
}

const readRows = (): Row[] =>
  existsSync(rowsFile)
    ? readFileSync(rowsFile, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Row)
    : [];

function commitOf(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      cwd: here,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return process.env['TRIMTAB_COMMIT'] ?? 'unknown';
  }
}

async function one(fault: Fault, kills: number, seed: number): Promise<Row> {
  const from = Date.now();
  // What a stack waits for at its end may not keep this process alive by itself.
  const alive = setInterval(() => undefined, 1_000);
  const row = { id: fault.id, title: fault.title, commit: commitOf(), at: new Date().toISOString(), seed, slice: values.slice };
  const seconds = (): number => Math.round((Date.now() - from) / 1000);
  try {
    const counts = await fault.run({ kills, seed, full: !values.slice });
    return { ...row, seconds: seconds(), counts, error: null };
  } catch (error) {
    return { ...row, seconds: seconds(), counts: null, error: error instanceof Error ? error.message : String(error) };
  } finally {
    clearInterval(alive);
  }
}

const sumOf = (rows: readonly Row[], name: 'operations' | 'kills' | 'succeeded' | 'lost' | 'doubled'): number =>
  rows.reduce((total, { counts }) => total + (counts?.[name] ?? 0), 0);
const heldOf = (fault: Fault): Row[] =>
  readRows().filter((row) => row.id === fault.id && row.title === fault.title && row.error === null && row.slice === values.slice);

/** What is left to do of a fault: the kills of its next part, or null. */
function nextPart({ kills, ...fault }: Fault): number | null {
  const held = heldOf({ kills, ...fault });
  if (values.slice) return held.length > 0 ? null : kills.slice;
  if (kills.part === undefined) return held.length > 0 ? null : kills.full;
  const left = kills.full - sumOf(held, 'kills');
  return left > 0 ? Math.min(left, kills.part) : null;
}

/** A fault's parts in one line. What failed and then held is shown as it is now. */
function together(rows: readonly Row[]): Row {
  const last = rows.at(-1) as Row;
  const held = rows.filter(({ error }) => error === null);
  if (last.error !== null || held.length < 2) return last;
  const slowest = (note: string): number => Math.max(...held.map((row) => Number(row.counts?.notes?.[note] ?? 0)));
  const counts = {
    operations: sumOf(held, 'operations'),
    kills: sumOf(held, 'kills'),
    succeeded: sumOf(held, 'succeeded'),
    lost: sumOf(held, 'lost'),
    doubled: sumOf(held, 'doubled'),
    notes: {
      parts: held.length,
      ...(held.length < rows.length ? { 'parts that failed before': rows.length - held.length } : {}),
      'slowest new run ms': slowest('new run ms'),
      'slowest taken over ms': slowest('taken over ms'),
    },
  };
  const commit = [...new Set(held.map((row) => row.commit))].join(' ');
  return { ...last, commit, seconds: held.reduce((total, { seconds }) => total + seconds, 0), counts };
}

function table(rows: readonly Row[]): string[] {
  const head = [
    '| fault | operations | kills | succeeded | lost | doubled | s | commit | measured |',
    '|---|---:|---:|---:|---:|---:|---:|---|---|',
  ];
  const notesOf = ({ counts, error }: Row): string =>
    error === null
      ? Object.entries(counts?.notes ?? {})
          .filter(([, value]) => value !== '')
          .map(([name, value]) => `${name} ${value}`)
          .join(', ')
      : `FAILED: ${error.replaceAll('\n', ' ').replaceAll('|', '/').slice(0, 300)}`;
  const lines = rows.map((row) => {
    const { operations = 0, kills = 0, succeeded = 0, lost = 0, doubled = 0 } = row.counts ?? {};
    return `| ${row.id} ${row.title} | ${operations} | ${kills} | ${succeeded} | ${lost} | ${doubled} | ${row.seconds} | ${row.commit} | ${notesOf(row)} |`;
  });
  return [
    ...head,
    ...lines,
    `| all | ${sumOf(rows, 'operations')} | ${sumOf(rows, 'kills')} | ${sumOf(rows, 'succeeded')} | ${sumOf(rows, 'lost')} | ${sumOf(rows, 'doubled')} | ${rows.reduce((total, { seconds }) => total + seconds, 0)} | | |`,
  ];
}

const wanted = values.only?.split(',').map((id) => id.trim());
const all = (await faults()).filter(({ id }) => wanted === undefined || wanted.includes(id));
if (all.length === 0) {
  print(`there is no fault ${values.only ?? ''}`);
  process.exit(2);
}
mkdirSync(join(rowsFile, '..'), { recursive: true });
if (!values.resume) rmSync(rowsFile, { force: true });
for (const fault of all) {
  for (let kills = nextPart(fault), n = heldOf(fault).length; kills !== null; kills = nextPart(fault), n += 1) {
    print(`${fault.id} ${fault.title} …`);
    const row = await one(fault, kills, Number(values.seed) + n);
    appendFileSync(rowsFile, `${JSON.stringify(row)}\n`);
    print(`  ${row.error === null ? `held, ${row.counts?.kills ?? 0} kills` : `FAILED: ${row.error}`} (${row.seconds} s)`);
    if (row.error !== null) break;
  }
}
const byFault = new Map<string, Row[]>();
for (const row of readRows()) byFault.set(`${row.id} ${row.title}`, [...(byFault.get(`${row.id} ${row.title}`) ?? []), row]);
const latest = [...byFault.values()].map(together);
print('');
for (const line of table(latest.toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true })))) print(line);
process.exit(latest.some(({ error }) => error !== null) ? 1 : 0);
