import { inject } from 'vitest';

/** The suite's Temporal server. Tests keep apart by task queue and workflow id. */
export const testTemporal = (): { address: string; namespace: string } => ({ address: inject('temporalAddress'), namespace: 'default' });
