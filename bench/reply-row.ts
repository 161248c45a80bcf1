import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { passagesIn } from '../src/checks/passages.ts';
import type { Database } from '../src/store/database.ts';
import { Passage } from '../src/shapes/passage.ts';

/** An accepted reply with the passages that its writer was shown, in that order, and the input of its step. */
export interface ReplyRow {
  reply: string;
  evidence: Passage[];
  input: unknown;
}

const Row = z.object({ reply: z.string().min(1), evidence: z.array(Passage), input: z.unknown() });

/** Rows of a JSONL file `{reply, evidence, input}`. Throws with the line that does not fit. */
export async function repliesOf(file: string): Promise<ReplyRow[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const parsed = Row.safeParse(JSON.parse(line));
    if (!parsed.success)
      throw new Error(`${file}:${index + 1}: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}`);
    return [parsed.data];
  });
}

/** Every accepted answer of a `generate` step on the records that has a text and was given passages; oldest first. */
export async function acceptedReplies(db: Database): Promise<ReplyRow[]> {
  const rows = await db
    .selectFrom('attempts as a')
    .innerJoin('steps as s', (join) =>
      join.onRef('s.run_id', '=', 'a.run_id').onRef('s.step', '=', 'a.step').onRef('s.occurrence', '=', 'a.occurrence'),
    )
    .select(['s.input', 'a.output'])
    .where('s.kind', '=', 'generate')
    .where('a.call', '=', 'draft')
    .where('a.outcome', '=', 'accepted')
    .orderBy('a.started_at')
    .execute();
  return rows.flatMap(({ input, output }) => {
    const { text } = (output ?? {}) as { text?: unknown };
    const evidence = passagesIn(input);
    return typeof text === 'string' && evidence.length > 0 ? [{ reply: text, evidence, input }] : [];
  });
}
