/** `npm run test:faults`: all faults in full, or `--only F1,F9`; `--resume` goes on in the file of an earlier sitting. `--slice`: as `npm test` does it. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
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
const rowsFile = join(process.cwd(), values.rows);
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

async function one(fault: Fault, seed: number): Promise<Row> {
  const from = Date.now();
  const size = { kills: values.slice ? fault.kills.slice : fault.kills.full, seed, full: !values.slice };
  const row = { id: fault.id, title: fault.title, commit: commitOf(), at: new Date().toISOString(), seed, slice: values.slice };
  try {
    const counts = await fault.run(size);
    return { ...row, seconds: Math.round((Date.now() - from) / 1000), counts, error: null };
  } catch (error) {
    return {
      ...row,
      seconds: Math.round((Date.now() - from) / 1000),
      counts: null,
      error: error instanceof Error ? error.message : String(error),
    };
  }
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
  const sum = (name: 'operations' | 'kills' | 'succeeded' | 'lost' | 'doubled'): number =>
    rows.reduce((total, { counts }) => total + (counts?.[name] ?? 0), 0);
  return [
    ...head,
    ...lines,
    `| all | ${sum('operations')} | ${sum('kills')} | ${sum('succeeded')} | ${sum('lost')} | ${sum('doubled')} | ${rows.reduce((total, { seconds }) => total + seconds, 0)} | | |`,
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
const done = new Set(readRows().flatMap(({ id, title, error }) => (error === null ? [`${id} ${title}`] : [])));
for (const fault of all.filter(({ id, title }) => !done.has(`${id} ${title}`))) {
  print(`${fault.id} ${fault.title} …`);
  const row = await one(fault, Number(values.seed));
  appendFileSync(rowsFile, `${JSON.stringify(row)}\n`);
  print(`  ${row.error === null ? 'held' : `FAILED: ${row.error}`} (${row.seconds} s)`);
}
// A fault that failed and then held is shown as it is now.
const latest = new Map(readRows().map((row) => [`${row.id} ${row.title}`, row]));
print('');
for (const line of table([...latest.values()].toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true })))) print(line);
process.exit([...latest.values()].some(({ error }) => error !== null) ? 1 : 0);
