/**
 * `npm run bench:questions -- [--folder DIR] [--limit N] [--replies FILE.jsonl]`
 * The one-line questions through `grounded-answer` on the demo model in one go, and again with the loop switched off:
 * none lost, counts by outcome and remedy from SQL, and how many replies with a planted fault got out.
 */
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import { sql } from 'kysely';
import { passagesIn } from '../src/checks/passages.ts';
import { importDocuments, readDocuments } from '../src/store/knowledge.ts';
import { readFaults } from '../runtime/demo/model/fault-log.ts';
import { benchStack, type BenchStack } from './stack.ts';
import { shareOf } from './share.ts';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: fileURLToPath(new URL('../../shared/data/banking', import.meta.url)) },
    limit: { type: 'string' },
    replies: { type: 'string' },
  },
});
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const together = 25;
/** So many replies that went out with a fault are shown. */
const shown = 5;
/** Faults that change what a reply says. The others (malformed, cut off, refusal) cannot leave as an answer. */
const saying = new Set(['unsupported_claim', 'wrong_amount', 'missing_citation']);

async function startAll(stack: BenchStack, chain: string, questions: readonly string[]): Promise<number> {
  const since = performance.now();
  for (let at = 0; at < questions.length; at += together)
    await Promise.all(questions.slice(at, at + together).map((question) => stack.start(chain, { question })));
  for (;;) {
    const open = await stack.db
      .selectFrom('runs')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('chain', '=', chain)
      .where('status', '=', 'running')
      .executeTakeFirstOrThrow();
    if (open.count === 0) return (performance.now() - since) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function report(stack: BenchStack, chain: string, asked: { questions: number; seconds: number }): Promise<void> {
  const { db } = stack;
  const statuses = await sql<{
    status: string;
    count: number;
  }>`select status, count(*) from runs where chain = ${chain} group by status order by status`.execute(db);
  print(
    `\n${chain}: ${asked.questions} questions in ${asked.seconds.toFixed(0)} s; ${statuses.rows.map((row) => `${row.count} ${row.status}`).join(', ')}; lost: ${asked.questions - statuses.rows.reduce((sum, row) => sum + row.count, 0)}`,
  );
  const attempts = await sql<{
    step: string;
    remedy: string;
    outcome: string;
    count: number;
  }>`select step, remedy, outcome, count(*) from attempt_records where chain = ${chain} group by 1, 2, 3 order by 1, 4 desc, 2, 3`.execute(
    db,
  );
  for (const row of attempts.rows) print(`  ${row.step.padEnd(8)} ${row.remedy.padEnd(10)} ${row.outcome.padEnd(26)} ${row.count}`);
  const failed = await sql<{
    code: string;
    count: number;
  }>`select error->>'code' as code, count(*) from runs where chain = ${chain} and status = 'failed' group by 1`.execute(db);
  for (const row of failed.rows) print(`  failed with ${row.code}: ${row.count}`);
  const out = await sql<{
    call_id: string;
    reply: string | null;
  }>`select concat_ws('/', a.run_id, a.step, a.occurrence, a.attempt, 'draft') as call_id, a.output->>'text' as reply from attempt_records a
    join steps s using (run_id, step, occurrence) where a.chain = ${chain} and a.step = 'answer' and a.run_status = 'succeeded' and s.status = 'accepted' and s.accepted_attempt = a.attempt`.execute(
    db,
  );
  const planted = new Map(
    readFaults(stack.faultLog)
      .filter((fault) => fault.role === 'writer' && fault.call_id !== null)
      .map((fault) => [fault.call_id as string, fault.kind as string]),
  );
  const wrong = out.rows.map((row) => ({ reply: row.reply, kind: planted.get(row.call_id) ?? '' })).filter(({ kind }) => saying.has(kind));
  const kinds = [...saying].map((kind) => `${kind} ${wrong.filter((each) => each.kind === kind).length}`).join(', ');
  print(`  replies that went out: ${out.rows.length}; with a planted fault: ${shareOf(wrong.length, out.rows.length)} (${kinds})`);
  for (const { kind, reply } of wrong.slice(0, shown)) print(`    ${kind}: ${JSON.stringify(reply)}`);
}

async function writeReplies(stack: BenchStack, file: string): Promise<void> {
  const { rows } = await sql<{
    output: unknown;
    input: unknown;
    call_id: string;
  }>`select a.output, a.input, concat_ws('/', a.run_id, a.step, a.occurrence, a.attempt, 'draft') as call_id from attempt_records a
    join steps s using (run_id, step, occurrence) where a.chain = 'grounded-answer' and a.step = 'answer' and s.status = 'accepted' and s.accepted_attempt = a.attempt order by a.run_id`.execute(
    stack.db,
  );
  const planted = new Set(readFaults(stack.faultLog).map((fault) => fault.call_id));
  const clean = rows.filter((row) => !planted.has(row.call_id));
  writeFileSync(
    file,
    clean
      .map(
        (row) => `${JSON.stringify({ reply: (row.output as { text: string }).text, input: row.input, evidence: passagesIn(row.input) })}\n`,
      )
      .join(''),
  );
  print(`\n${clean.length} accepted replies without a planted fault are in ${file}`);
}

const rows = parse(await readFile(`${values.folder}/questions-dev.csv`), { columns: true }) as { text: string }[];
const questions = rows.map((row) => row.text).slice(0, Number(values.limit ?? rows.length));
const stack = await benchStack();
try {
  await importDocuments(stack.db, readDocuments(`${values.folder}/documents.jsonl`));
  for (const chain of ['grounded-answer', 'loop-off']) {
    const seconds = await startAll(stack, chain, questions);
    await report(stack, chain, { questions: questions.length, seconds });
  }
  if (values.replies) await writeReplies(stack, values.replies);
} finally {
  await stack.stop();
}
