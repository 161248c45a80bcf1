import {
  act,
  answersQuestion,
  backtrack,
  citesEverySource,
  critic,
  defineChain,
  generate,
  human,
  inLanguageOf,
  knowledge,
  model,
  noForbiddenPromises,
  noRepeats,
  numbersFromSources,
  Passage,
  reask,
  Reply,
  retrieve,
  review,
  revise,
  someEvidence,
  Ticket,
  within,
  supportedBySource,
} from 'trimtab';
import { z } from 'zod';
import { Outgoing, sendReply, Sent } from './help-desk.ts';
import { orders } from './orders.ts';
import { promises } from './promises.ts';

const Question = z.object({ question: z.string(), customer_id: z.string().optional() });
const DraftInput = z.object({ ticket: Ticket, found: z.array(Passage) });

const faq = knowledge({ collection: 'default' });
const grounded = critic({ name: 'grounded' });

export const supportReply = defineChain({
  input: Ticket,
  output: Sent,
  budget: { usd: 0.1, attempts: 12, within: '2 days' },
  steps: {
    facts: retrieve({ input: Question, from: [faq, orders], keep: 8, checks: [someEvidence()] }),
    draft: generate({
      input: DraftInput,
      output: Reply,
      prompt: 'support-reply',
      model: 'writer',
      checks: [
        citesEverySource(),
        numbersFromSources(),
        supportedBySource(),
        answersQuestion({ blames: 'facts' }),
        within(1200),
        noRepeats(),
        inLanguageOf('ticket'),
        noForbiddenPromises(promises),
      ],
      critics: [grounded],
      ladder: [reask(2), revise(2), model('writer-large'), backtrack('facts'), human('support')],
    }),
    approve: review({ of: 'draft', value: Reply, queue: 'support', due: '4h', escalate: { after: '8h', to: 'leads' } }),
    send: act({ input: Outgoing, output: Sent, do: sendReply }),
  },
});
