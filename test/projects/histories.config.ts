import { defineConfig } from 'trimtab';
import project from './trimtab.config.ts';

/** The chains of the test projects whose histories are stored: what no example chain does (a bug on demand, tools, several answers to choose from, a thousand turns). */
export default defineConfig({
  ...project,
  chains: {
    tickets: './tickets',
    answers: './batch/answers',
    orders: './tools/orders',
    labels: './samples/labels',
    letters: './samples/letters',
    long: './long/chain',
  },
});
