import { defineConfig } from 'trimtab';

/** A project for tests: one chain with every kind of step, answered by whatever stands at OPENAI_BASE_URL. */
export default defineConfig({
  chains: { tickets: './tickets' },
  models: {
    writer: { provider: 'openai', model: 'writer-1', price: { input: 1, output: 2 } },
    large: { provider: 'openai', model: 'writer-2', price: { input: 1, output: 2 } },
    judge: { provider: 'openai', model: 'judge-1', price: { input: 1, output: 2 } },
  },
});
