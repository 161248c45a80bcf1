import { defineConfig } from 'trimtab';

/** One chain through which values of every size go, in every place. */
export default defineConfig({
  chains: { tickets: './chain' },
  models: {
    writer: { provider: 'openai', model: 'writer-1', price: { input: 1, output: 2 } },
    judge: { provider: 'openai', model: 'judge-1', price: { input: 1, output: 2 } },
  },
});
