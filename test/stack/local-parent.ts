/** A stack of its own for test/faults: starts what its arguments name, prints one line of JSON, stays until it is told to stop. */
import { lockHome } from '../../runtime/local/lock.ts';
import { startPostgres } from '../../runtime/local/postgres.ts';
import { findTemporal } from '../../runtime/local/temporal-program.ts';
import { startTemporal } from '../../runtime/local/temporal.ts';
import { cacheFolder } from '../../runtime/local/home.ts';
import { messageOf } from '../../src/errors.ts';

const [home = '', ...parts] = process.argv.slice(2);
const said: string[] = [];
const log = (line: string): void => void said.push(line);

try {
  const lock = parts.includes('lock') ? await lockHome(home) : null;
  const postgres = parts.includes('postgres') ? await startPostgres({ home, log }) : null;
  const temporal = parts.includes('temporal')
    ? await startTemporal({ home, program: await findTemporal({ cache: cacheFolder(), log }) })
    : null;
  // Before the report: who reads it may say SIGTERM at once.
  const alive = setInterval(() => undefined, 1_000_000);
  process.once('SIGTERM', () => {
    clearInterval(alive);
    void Promise.all([postgres?.stop(), temporal?.stop()]).then(() => lock?.release());
  });
  console.log(
    JSON.stringify({
      postgres: postgres && { url: postgres.url, how: postgres.how },
      temporal: temporal && { address: temporal.address, how: temporal.how },
      said,
    }),
  );
} catch (error) {
  console.log(JSON.stringify({ error: messageOf(error) }));
  process.exitCode = 1;
}
