import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { answerOf } from '../runtime/demo/model/answer.ts';
import { demoModels } from '../runtime/demo/model/models.ts';
import { jsonSchemaOf } from '../src/define/json-schema.ts';
import { loadPrompts, renderPrompt } from '../src/prompts/prompt.ts';
import { importDocuments, readDocuments, searchKnowledge } from '../src/store/knowledge.ts';
import { scratchDatabase } from './scratch-database.ts';
import type { ReplyRow } from './reply-row.ts';

const Answer = z.object({ text: z.string() });

/**
 * What the demo model writes, with no fault planted, for the questions of a CSV file (`text`) over the documents beside it,
 * through the search and the prompt of `grounded-answer`, but without a run. Abstentions are left out: they claim nothing.
 */
export async function writtenReplies(folder: string, most: number): Promise<ReplyRow[]> {
  const questions = (parse(await readFile(join(folder, 'questions-dev.csv'), 'utf8'), { columns: true }) as { text: string }[]).map(
    ({ text }) => text,
  );
  const prompt = (await loadPrompts(join(import.meta.dirname, '../chains/grounded-answer/prompts'))).get('grounded-answer');
  if (!prompt) throw new Error('bench:checks: chains/grounded-answer/prompts has no grounded-answer.liquid');
  const scratch = await scratchDatabase();
  const rows: ReplyRow[] = [];
  try {
    await importDocuments(scratch.db, readDocuments(join(folder, 'documents.jsonl')));
    for (const question of questions) {
      if (rows.length === most) break;
      const found = await searchKnowledge(scratch.db, question, { keep: 6, collection: 'default' });
      const input = { question, found };
      const { content } = answerOf(
        { model: demoModels.writer.model, messages: renderPrompt(prompt, input), max_tokens: 700, schema: jsonSchemaOf(Answer) },
        { faults: false, fault_rate: 0 },
      );
      const reply = Answer.parse(JSON.parse(content)).text;
      if (/\[\d+\]/.test(reply)) rows.push({ reply, evidence: found, input });
    }
  } finally {
    await scratch.close();
  }
  return rows;
}
