import { defineConfig } from 'trimtab';

/** Chains whose cases end in place, with and without a tool, read clock and chance before they wait, or act without asking, beside the one with a person. */
export default defineConfig({
  chains: { tickets: '../tickets', answers: './answers', looked: './looked', lots: './lots', pushy: './pushy' },
  models: {
    writer: { provider: 'openai', model: 'writer-1', price: { input: 1, output: 2 } },
    large: { provider: 'openai', model: 'writer-2', price: { input: 1, output: 2 } },
    judge: { provider: 'openai', model: 'judge-1', price: { input: 1, output: 2 } },
  },
});
