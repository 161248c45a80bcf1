import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Make a folder and those above it that are missing. Throws the operating system's error. Not mkdir's own `recursive`: in Node 20 it
 * never ends where the system says ENOENT below a folder that is there, as in /proc.
 */
export function makeFolder(path: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let at = path; !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const folder of missing) {
    try {
      mkdirSync(folder, { mode });
    } catch (error) {
      // Somebody else made it in the meantime.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
