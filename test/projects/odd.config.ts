import { defineConfig } from 'trimtab';
import project from './trimtab.config.ts';

/** The project for tests with a second chain, whose code and sources fail on demand. */
export default defineConfig({ ...project, chains: { ...project.chains, odd: './odd' } });
