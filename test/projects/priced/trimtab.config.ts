import { defineConfig } from 'trimtab';

/** A chain whose searches have a price. */
export default defineConfig({ chains: { searches: './chain' } });
