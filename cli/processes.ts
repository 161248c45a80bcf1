import { endWithParent } from '../runtime/children.ts';
import { announcer } from '../runtime/log.ts';
import { runServer } from '../runtime/server-process.ts';
import { runWorker } from '../runtime/worker-process.ts';
import { explain } from './output.ts';

/** `trimtab server`: until it is told to stop. */
export async function server(): Promise<void> {
  const running = await runServer({ log: announcer('server') });
  endWithParent(() => void running.stop().then(() => process.exit(0)));
}

/** Beyond the worker's own grace: what hangs then is handed on by the next worker's fences. */
const longestStopMs = 35_000;

/** `trimtab worker`: until it is told to stop; calls under way are finished or handed on. */
export async function worker(): Promise<void> {
  const say = announcer('worker');
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
