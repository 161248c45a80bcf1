import {
  backtrack,
  answersQuestion,
  citesEverySource,
  critic,
  defineChain,
  fail,
  generate,
  knowledge,
  model,
  noRepeats,
  numbersFromSources,
  Passage,
  reask,
  Reply,
  retrieve,
  revise,
  within,
  supportedBySource,
} from 'trimtab';
import { z } from 'zod';

const Question = z.object({ question: z.string().trim().min(1).max(10_000) });
const AnswerInput = z.object({ question: z.string(), found: z.array(Passage) });

export const groundedAnswer = defineChain({
  input: Question,
  output: Reply,
  budget: { usd: 0.05, attempts: 10, within: '10 minutes' },
  steps: {
    facts: retrieve({ input: Question, from: [knowledge({ collection: 'default' })], keep: 6 }),
    answer: generate({
      input: AnswerInput,
      output: Reply,
      prompt: 'grounded-answer',
      model: 'writer',
      checks: [
        citesEverySource(),
        numbersFromSources(),
        supportedBySource(),
        answersQuestion({ blames: 'facts' }),
        within(1200),
        noRepeats(),
      ],
      critics: [critic({ name: 'grounded' })],
      ladder: [reask(2), revise(2), model('writer-large'), backtrack('facts'), fail()],
    }),
  },
});
