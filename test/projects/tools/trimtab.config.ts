import { defineConfig } from 'trimtab';

/** A chain whose model has tools. */
export default defineConfig({
  chains: { orders: './orders' },
  models: { writer: { provider: 'openai', model: 'writer-1', price: { input: 1, output: 2 } } },
});
