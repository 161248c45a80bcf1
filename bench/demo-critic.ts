import { join } from 'node:path';
import { answerOf } from '../runtime/demo/model/answer.ts';
import { demoModels } from '../runtime/demo/model/models.ts';
import { criticAnswerSchema, parseCriticAnswer } from '../src/define/json-schema.ts';
import { loadPrompts, renderPrompt } from '../src/prompts/prompt.ts';
import type { ReplyRow } from './reply-row.ts';

/** Whether a critic lets a reply pass. Nonsense passes nothing (C9). */
export type Judge = (row: ReplyRow) => boolean;

/** The demo model as the critic `grounded` of a chain, with the misses and false alarms that it makes on purpose. */
export async function demoCritic(chain = 'grounded-answer'): Promise<Judge> {
  const prompt = (await loadPrompts(join(import.meta.dirname, '..', 'chains', chain, 'prompts'))).get('grounded');
  if (!prompt) throw new Error(`bench:checks: chains/${chain}/prompts has no grounded.liquid`);
  return ({ reply, evidence, input }) => {
    const messages = renderPrompt(prompt, { input, output: { text: reply }, evidence });
    const answer = answerOf(
      { model: demoModels.judge.model, messages, max_tokens: 400, schema: criticAnswerSchema.json },
      { faults: true, fault_rate: 0.15 },
    );
    return parseCriticAnswer(answer.content, { name: 'grounded', version: 'demo' })?.verdict === 'pass';
  };
}
