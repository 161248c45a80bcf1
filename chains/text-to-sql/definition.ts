import {
  backtrack,
  critic,
  defineChain,
  fail,
  generate,
  model,
  numbersFromSources,
  Passage,
  reask,
  Reply,
  retrieve,
  revise,
  someEvidence,
  within,
} from 'trimtab';
import { z } from 'zod';
import { sales } from './sales.ts';

const Question = z.object({ question: z.string().trim().min(1).max(2_000) });
const Query = z.object({ sql: z.string().min(1).nullable() });
const Answer = z.object({ text: z.string(), sql: z.string().nullable() });

export const textToSql = defineChain({
  input: Question,
  output: Answer,
  budget: { usd: 0.1, attempts: 14, within: '10 minutes' },
  steps: {
    schema: retrieve({ input: Question, from: [sales.schema], keep: 8, checks: [someEvidence()], ladder: [fail()] }),
    query: generate({
      input: z.object({ question: z.string(), schema: z.array(Passage) }),
      output: Query,
      prompt: 'text-to-sql',
      model: 'writer',
      // Read by Postgres' parser, estimated, run, and looked at, before anybody believes it.
      checks: [sales.runs],
      critics: [critic({ name: 'asks-the-same' })],
      ladder: [reask(2), revise(3), model('writer-large'), fail()],
    }),
    rows: retrieve({ input: z.object({ sql: z.string() }), from: [sales.rows], keep: 1, checks: [someEvidence()], ladder: [fail()] }),
    answer: generate({
      input: z.object({ question: z.string(), sql: z.string(), found: z.array(Passage) }),
      output: Reply,
      prompt: 'tell-result',
      model: 'writer',
      checks: [numbersFromSources({ records: ['sales.rows'] }), within(6_000)],
      critics: [critic({ name: 'tells-the-table' })],
      ladder: [reask(2), revise(2), backtrack('query'), model('writer-large'), fail()],
    }),
  },
});
