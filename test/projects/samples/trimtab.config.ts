import { defineConfig } from 'trimtab';

/** Chains that draw several answers side by side. */
export default defineConfig({
  chains: { labels: './labels', letters: './letters' },
  models: {
    writer: { provider: 'openai', model: 'writer-1', price: { input: 1, output: 2 } },
    judge: { provider: 'openai', model: 'judge-1', price: { input: 1, output: 2 } },
  },
});
