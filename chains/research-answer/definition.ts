import {
  best,
  answersQuestion,
  citesEverySource,
  critic,
  defineChain,
  factoredClaims,
  fail,
  generate,
  google,
  model,
  noRepeats,
  numbersFromSources,
  Passage,
  reask,
  Reply,
  resample,
  retrieve,
  revise,
  sourcesAgree,
  wikipedia,
  within,
  supportedBySource,
} from 'trimtab';
import { z } from 'zod';

const Question = z.object({ question: z.string().trim().min(1).max(2_000) });
const AnswerInput = z.object({ question: z.string(), found: z.array(Passage) });

export const researchAnswer = defineChain({
  input: Question,
  output: Reply,
  budget: { usd: 0.1, attempts: 10, within: '15 minutes' },
  steps: {
    // One source without a key or an answer is named on the record; with none at all the writer abstains.
    sources: retrieve({ input: Question, from: [google(), wikipedia()], keep: 8, ladder: [best()], timeout: '1 minute' }),
    answer: generate({
      input: AnswerInput,
      output: Reply,
      prompt: 'research-answer',
      model: 'writer',
      checks: [citesEverySource(), numbersFromSources(), supportedBySource(), sourcesAgree(), answersQuestion(), within(2000), noRepeats()],
      critics: [factoredClaims(), critic({ name: 'supported' })],
      ladder: [reask(2), revise(3), resample(1), model('writer-large'), fail()],
    }),
  },
});
