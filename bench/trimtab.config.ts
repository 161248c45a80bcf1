import { defineConfig } from 'trimtab';

/** The chain that is measured, and the same with the loop switched off. The demo model plays every role. */
export default defineConfig({ chains: { 'grounded-answer': '../chains/grounded-answer', 'loop-off': './loop-off' } });
