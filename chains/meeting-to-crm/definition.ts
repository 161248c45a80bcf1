import { act, critic, defineChain, generate, human, model, reask, review, revise } from 'trimtab';
import { z } from 'zod';
import { Change, writeToCrm, Written } from './crm.ts';
import { Meeting, Updates } from './meeting.ts';
import { fieldsFromTranscript, knownPeople, oneValueAField } from './rules.ts';

export const meetingToCrm = defineChain({
  input: Meeting,
  output: Written,
  budget: { usd: 0.2, attempts: 12, within: '2 days' },
  steps: {
    extract: generate({
      input: z.object({ meeting: Meeting }),
      output: Updates,
      prompt: 'meeting-to-crm',
      model: 'writer',
      checks: [fieldsFromTranscript, knownPeople, oneValueAField],
      critics: [critic({ name: 'as-agreed' })],
      ladder: [reask(2), revise(3), model('writer-large'), human('sales')],
    }),
    approve: review({ of: 'extract', value: Updates, queue: 'sales', due: '1 day' }),
    write: act({ input: Change, output: Written, do: writeToCrm }),
  },
});
