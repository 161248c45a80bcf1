import type { Run } from '../shapes/run.ts';
import { getRun } from '../store/run-queries.ts';
import { onChange } from './changes.ts';
import type { ApiDependencies } from './deps.ts';

export interface WatchedRun {
  /** The run as soon as it has ended, waits for a person or is blocked; null after so many seconds, or when the client left. */
  settled(limit: { seconds: number; signal: AbortSignal }): Promise<Run | null>;
  stop(): void;
}

/** Hear what becomes of a run. From before it starts on it need not be looked at; `looks`: it is there already. */
export function watchRun(deps: ApiDependencies, id: string, { looks = false }: { looks?: boolean } = {}): WatchedRun {
  let changed = looks;
  let look = (): void => {
    changed = true;
  };
  const stop = onChange(
    deps.listener,
    (event) => {
      // A question of it that is new is heard beside its run, whose status says so.
      if (event.run_id === id && event.type === 'run' && event.status !== 'running') look();
    },
    () => look(),
  );
  return {
    stop,
    settled: ({ seconds, signal }) =>
      new Promise((resolve, reject) => {
        const finish = (run: Run | null): void => {
          end();
          resolve(run);
        };
        const left = (): void => finish(null);
        const timer = setTimeout(left, seconds * 1000);
        const end = (): void => {
          stop();
          clearTimeout(timer);
          signal.removeEventListener('abort', left);
        };
        look = () => {
          getRun(deps.db, id).then(
            (run) => {
              if (run === null || run.status !== 'running') finish(run);
            },
            (error: unknown) => {
              end();
              reject(error as Error);
            },
          );
        };
        signal.addEventListener('abort', left, { once: true });
        if (changed) look();
      }),
  };
}
