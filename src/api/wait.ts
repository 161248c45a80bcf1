import type { Run } from '../shapes/run.ts';
import { getRun } from '../store/run-queries.ts';
import { onChange } from './changes.ts';
import type { ApiDependencies } from './deps.ts';

/** The run as soon as it has ended, waits for a person or is blocked; null after so many seconds, or when the client left. */
export function settledRun(deps: ApiDependencies, id: string, limit: { seconds: number; signal: AbortSignal }): Promise<Run | null> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      getRun(deps.db, id).then(
        (run) => {
          if (run === null || run.status !== 'running') finish(run);
        },
        (error: unknown) => {
          stop();
          reject(error as Error);
        },
      );
    };
    const forget = onChange(
      deps.listener,
      (event) => {
        if (event.run_id === id) look();
      },
      look,
    );
    const timer = setTimeout(() => finish(null), limit.seconds * 1000);
    const left = (): void => finish(null);
    const stop = (): void => {
      forget();
      clearTimeout(timer);
      limit.signal.removeEventListener('abort', left);
    };
    const finish = (run: Run | null): void => {
      stop();
      resolve(run);
    };
    limit.signal.addEventListener('abort', left, { once: true });
    look();
  });
}
