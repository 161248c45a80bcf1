import { defineChain, fail, generate } from 'trimtab';
import { groundedAnswer } from '../../chains/grounded-answer/definition.ts';

const { facts, answer } = groundedAnswer.steps;

/** `grounded-answer` as most people write it first: one call, no checks, no critics, no second attempt. */
export const loopOff = defineChain({
  ...groundedAnswer,
  steps: {
    facts,
    answer: generate({
      input: answer.input,
      output: answer.output,
      prompt: answer.prompt,
      model: answer.model,
      checks: [],
      critics: [],
      ladder: [fail()],
    }),
  },
});
