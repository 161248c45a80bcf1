import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, inject } from 'vitest';

/** Processes of ours, or of Postgres or Temporal, that a test killed with kill -9 while they worked. Summed and printed at the suite's end. */
export function tallyKills(kills: number): void {
  appendFileSync(inject('killTally'), `${basename(expect.getState().testPath ?? '')} ${kills}\n`);
}
