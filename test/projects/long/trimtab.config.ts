import { defineConfig } from 'trimtab';

/** One run with many turns, asked for by the words of its question. */
export default defineConfig({
  chains: { tickets: './chain' },
  models: { writer: { provider: 'openai', model: 'writer-1', price: { input: 1, output: 2 } } },
});
