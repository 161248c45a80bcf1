import { defineConfig } from 'trimtab';
import project from './trimtab.config.ts';

/** The project for tests, with one call to its provider at a time. */
export default defineConfig({ ...project, limits: { openai: { concurrency: 1 } } });
