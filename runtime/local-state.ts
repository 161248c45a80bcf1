import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the running local stack is: for commands on the same machine. Holds the database password, so only its owner reads it. */
export interface LocalState {
  url: string;
  database_url: string;
  temporal_address: string;
  temporal_ui: string | null;
}

const fileOf = (home: string): string => join(home, 'state.json');

export function localState(home: string): LocalState | null {
  return existsSync(fileOf(home)) ? (JSON.parse(readFileSync(fileOf(home), 'utf8')) as LocalState) : null;
}

export function writeLocalState(home: string, state: LocalState): void {
  writeFileSync(fileOf(home), JSON.stringify(state, null, 2), { mode: 0o600 });
  chmodSync(fileOf(home), 0o600);
}

/** The stack has stopped: nothing is there to be found. */
export const removeLocalState = (home: string): void => rmSync(fileOf(home), { force: true });
