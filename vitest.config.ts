import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: 'trimtab/workflow', replacement: here('./workflows/index.ts') },
      { find: 'trimtab/testing', replacement: here('./testing/index.ts') },
      { find: /^trimtab$/, replacement: here('./src/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    globalSetup: ['test/stack/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    // A test that waits for a clock it does not hold hides a race.
    retry: 0,
    // What is waited for comes when the machine gets to it: a second is not long on a busy one.
    expect: { poll: { timeout: 20_000 } },
  },
});
