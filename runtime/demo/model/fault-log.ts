import { appendFileSync, readFileSync } from 'node:fs';
import type { PlantedFault } from './faults.ts';

/** One line a fault. Written before the answer goes out, so that no fault is missing from the log. */
export function appendFault(path: string, fault: PlantedFault): void {
  appendFileSync(path, `${JSON.stringify(fault)}\n`, { mode: 0o600 });
}

/** All faults of the log, oldest first; none where there is no log. A last line that was cut by a crash is left out. */
export function readFaults(path: string): PlantedFault[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const lines = text.split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as PlantedFault);
}
