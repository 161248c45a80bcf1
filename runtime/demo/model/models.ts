import type { ModelConfig } from '../../../src/define/config.ts';

/** USD per million tokens. Invented, so that the demo shows costs; nobody is charged. */
const price = { input: 0.15, output: 0.6 };

/** The demo model in every role of the example chains. */
export const demoModels = {
  writer: { provider: 'demo', model: 'demo-writer', temperature: 0.2, max_output_tokens: 1_500, price },
  'writer-large': {
    provider: 'demo',
    model: 'demo-writer-large',
    temperature: 0.2,
    max_output_tokens: 2_000,
    price: { input: 0.6, output: 2.4 },
  },
  judge: { provider: 'demo', model: 'demo-judge', temperature: 0, max_output_tokens: 600, price },
} as const satisfies Record<string, ModelConfig>;
