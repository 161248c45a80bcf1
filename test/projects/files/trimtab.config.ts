import { defineConfig } from 'trimtab';

/** A chain whose input carries files. */
export default defineConfig({
  chains: { photos: './photos' },
  models: {
    writer: { provider: 'openai', model: 'writer-1', price: { input: 1, output: 2 } },
    judge: { provider: 'anthropic', model: 'judge-1', price: { input: 1, output: 2 } },
  },
});
