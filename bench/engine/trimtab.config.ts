import { defineConfig } from 'trimtab';

const free = { input: 0.1, output: 0.1 };

export default defineConfig({
  chains: { notes: './notes', long: './long', waits: './waits' },
  models: { writer: { provider: 'scripted', model: 'writer', price: free }, judge: { provider: 'scripted', model: 'judge', price: free } },
});
