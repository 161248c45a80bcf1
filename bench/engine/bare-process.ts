import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { serveRounds } from './runner.ts';
import { passages, scripted } from './scripted.ts';

const [url = '', latency = '0'] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: 20 });
const { draft, judge } = scripted(Number(latency));
await pool.query('create table if not exists bare (chain text, n int, kind text, output jsonb, primary key (chain, n))');

/** A loop without an engine: one row a call, and nothing survives a crash. */
async function notes(question: string): Promise<string> {
  const chain = randomUUID();
  let n = 0;
  const recorded = async <T>(kind: string, call: Promise<T>): Promise<T> => {
    const output = await call;
    await pool.query('insert into bare values ($1, $2, $3, $4)', [chain, (n += 1), kind, JSON.stringify(output)]);
    return output;
  };
  const accepted = async (asked: string): Promise<string> => {
    for (let attempt = 1; ; attempt += 1) {
      const text = await recorded('draft', draft(asked, attempt));
      if (await recorded('judge', judge(text))) return text;
    }
  };
  await recorded('search', Promise.resolve(passages(question)));
  await accepted(question);
  return accepted(`${question}1`);
}

serveRounds(notes);
