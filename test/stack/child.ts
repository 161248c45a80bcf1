import { afterAll } from 'vitest';
import { killChildren } from './trimtab-child.ts';

export { startChild, startWorkerChild, type Child } from './trimtab-child.ts';

/** Children are killed when the file's tests are over. */
afterAll(killChildren);
