import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, TrimtabError } from '../src/errors.ts';
import { migrate } from '../src/store/migrate.ts';
import { isAway } from '../src/store/trouble.ts';

const everyMs = 2_000;

/**
 * Bring the database to this build's schema, as every process does when it starts: of many at once one does it, the others
 * wait for it. While Postgres is away the process starts all the same, and this goes on behind it; `unfit` is called when
 * it turns out then that the database does not fit the build. Throws that, as `setup`, when it is known at once.
 */
export async function bringSchema(url: string, on: { away(message: string): void; unfit(error: unknown): void }): Promise<void> {
  try {
    await migrate(url);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    on.away(messageOf(error));
    void goOn(url).catch((later: unknown) => on.unfit(later));
  }
}

async function goOn(url: string): Promise<void> {
  for (;;) {
    await sleep(everyMs, undefined, { ref: false });
    try {
      await migrate(url);
      return;
    } catch (error) {
      if (!isUnreachable(error)) throw error;
    }
  }
}

const isUnreachable = (error: unknown): boolean => error instanceof TrimtabError && isAway(error.cause);
