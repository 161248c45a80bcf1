import { endWithParent } from '../runtime/children.ts';
import { announcer } from '../runtime/log.ts';
import { bringSchema } from '../runtime/schema.ts';
import { runServer } from '../runtime/server-process.ts';
import { runWorker } from '../runtime/worker-process.ts';
import { readConfig } from '../src/config.ts';
import { explain } from './explain.ts';

/** Lines that nobody reads any more end no process: it ends with its parent, or when it is told to. */
function speakToNobody(): void {
  process.stdout.removeAllListeners('error').on('error', () => undefined);
}

/** The database as this build needs it, before anything reads it. */
async function schema(say: (line: string) => void): Promise<void> {
  const { databaseUrl } = readConfig();
  if (databaseUrl === null) return;
  await bringSchema(databaseUrl, {
    away: (message) => say(`starts without a database: ${message}`),
    unfit(error) {
      explain(error);
      process.exit(1);
    },
  });
}

/** `trimtab server`: until it is told to stop. */
export async function server(): Promise<void> {
  speakToNobody();
  const say = announcer('server');
  await schema(say);
  const running = await runServer({ log: say });
  endWithParent(() => void running.stop().then(() => process.exit(0)));
}

/** Beyond the worker's own grace: what hangs then is handed on by the next worker's fences. */
const longestStopMs = 35_000;

/** `trimtab worker`: until it is told to stop; calls under way are finished or handed on. */
export async function worker(): Promise<void> {
  speakToNobody();
  const say = announcer('worker');
  await schema(say);
  const running = await runWorker({ log: say });
  endWithParent(() => {
    say('worker stops: calls under way are finished or handed on');
    running.stop();
    setTimeout(() => process.exit(1), longestStopMs).unref();
  });
  try {
    await running.done;
    process.exit(0);
  } catch (error) {
    // The SDK's threads would keep a worker alive that serves nothing any more.
    explain(error);
    process.exit(1);
  }
}
