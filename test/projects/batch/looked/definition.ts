import { defineChain, generate, Passage, Reply, tool } from 'trimtab';
import { z } from 'zod';

const look = tool({
  name: 'look',
  description: 'Look at something of ours.',
  input: z.object({ at: z.string() }),
  effect: 'reads',
  place: 'local',
  do: async ({ at }) => ({ seen: at }),
});

/** A model with a tool that is as quick as itself. */
export const looked = defineChain({
  input: z.strictObject({ question: z.string().min(1) }),
  output: Reply,
  budget: { usd: 1, attempts: 6, within: '1 hour' },
  steps: {
    draft: generate({ input: z.object({ question: z.string(), found: z.array(Passage) }), output: Reply, prompt: 'draft', tools: [look] }),
  },
});
