import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import type { Engine } from '../../src/correct/engine.ts';
import { seededRandom } from '../../src/correct/seeded-random.ts';
import type { CallRequest, CallResult } from '../../src/shapes/call.ts';

/** An engine without a history: the ledger is what a restart finds. */
export interface PlaceEngine extends Engine {
  /** Resolves when nothing is under way any more although the run has not ended: it waits in the middle of a step, for a person or for time. */
  readonly waits: Promise<void>;
  /** Somebody cancels the run. */
  cancel(): void;
  /** The worker lets go of the run: what is under way is stopped, and nothing goes on from it. */
  drop(): void;
}

export interface PlaceOptions {
  /** [0, 1) */ seed: number;
  /** What the chain function reads as the time. */ reading: number;
  perform(request: CallRequest, signal: AbortSignal): Promise<CallResult>;
  /** Before this step the run goes on elsewhere, when nothing is under way. */ leavesBefore(step: string): boolean;
}

/** A pause that is sat out in place. */
const shortMs = 10_000;
const two32 = 2 ** 32;

/** One for all engines: Node 20 keeps every AsyncLocalStorage that was ever used, and pays for each on every promise. */
const scopes = new AsyncLocalStorage<{ root: AbortController; scope: AbortController }>();

const cancelledCall: CallResult = {
  type: 'nothing',
  outcome: 'cancelled',
  message: 'cancelled',
  retry_after_ms: null,
  output: null,
  usage: null,
  cost_usd: null,
};
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

export function createPlaceEngine(options: PlaceOptions): PlaceEngine {
  const root = new AbortController();
  const listeners: (() => void)[] = [];
  const conditions = new Set<() => void>();
  let underWay = 0;
  /** Nothing new is begun, and nothing goes on from what is under way. */
  let leaving = false;
  let rest: () => void = () => undefined;
  const waits = new Promise<void>((resolve) => {
    rest = resolve;
  });

  const inside = (): AbortController => {
    const at = scopes.getStore();
    return at?.root === root ? at.scope : root;
  };
  /** Once everything that follows from it has happened: conditions are looked at, and whether anything is still under way. */
  const touch = (): void => {
    void setImmediate().then(() => {
      for (const look of conditions) look();
      if (underWay === 0) rest();
    });
  };
  const busy = async <T>(work: () => Promise<T>): Promise<T> => {
    underWay += 1;
    touch();
    try {
      return await work();
    } finally {
      underWay -= 1;
      touch();
    }
  };
  /** Something that only time or a person ends: the run leaves once the calls under way have their answers. */
  const waiting = <T>(): Promise<T> => {
    leaving = true;
    touch();
    return never<T>();
  };

  return {
    waits,
    now: () => Date.now(),
    reading: () => options.reading,
    random: seededRandom(Math.floor(options.seed * two32)),
    async perform(request) {
      const { signal } = inside();
      if (leaving) return never();
      const result = signal.aborted
        ? cancelledCall
        : await busy(() =>
            options.perform(request, signal).catch((error: unknown) => {
              if (signal.aborted) return cancelledCall;
              throw error;
            }),
          );
      return leaving ? never() : result;
    },
    sleep(ms) {
      const { signal } = inside();
      if (ms <= shortMs) return busy(() => pause(ms, signal));
      touch();
      return pause(ms, signal);
    },
    ask: () => waiting(),
    park: () => waiting(),
    crowded: (step) => options.leavesBefore(step),
    until(holds) {
      const { signal } = inside();
      return new Promise((resolve) => {
        const look = (): void => {
          if (!holds() && !signal.aborted) return;
          conditions.delete(look);
          resolve();
        };
        conditions.add(look);
        signal.addEventListener('abort', look, { once: true });
        look();
      });
    },
    onCancel(listener) {
      if (root.signal.aborted) listener();
      else listeners.push(listener);
    },
    scope(run) {
      const parent = inside();
      const scope = new AbortController();
      const cancel = (): void => {
        parent.signal.removeEventListener('abort', cancel);
        scope.abort();
        touch();
      };
      if (parent.signal.aborted) cancel();
      else parent.signal.addEventListener('abort', cancel, { once: true });
      void scopes.run({ root, scope }, run);
      return { cancel };
    },
    cancel() {
      for (const listener of listeners) listener();
      root.abort();
      touch();
    },
    drop() {
      leaving = true;
      root.abort();
    },
  };
}

/** True when the time has passed, false when it was cancelled. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const over = (passed: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(passed);
    };
    const stop = (): void => over(false);
    const timer = setTimeout(() => over(true), Math.min(ms, 2 ** 31 - 1));
    timer.unref();
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
