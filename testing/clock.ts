/**
 * A clock that a test holds. Time moves by `advance`, or by itself to the next sleeper when `auto` is on and nothing holds
 * it: then days pass in no time, and no call that is under way is overtaken. No real timers.
 */
export interface VirtualClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves true when the clock has come that far, false when the signal was aborted before. */
  sleep(ms: number, signal?: AbortSignal): Promise<boolean>;
  /** Move on, waking sleepers in order; resolves when the woken have done what they can at once. */
  advance(ms: number): Promise<void>;
  /** While something real is under way, time does not move by itself. Call what is returned when it is over. */
  hold(): () => void;
  /** How many sleep. */
  sleepers(): number;
}

interface Sleeper {
  at: number;
  order: number;
  wake(passed: boolean): void;
}

/** Let everything run that can run without time passing. */
export const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** `start`: ms since the epoch, 2026-01-01 by default. `auto`: time moves by itself, on by default. */
export function createClock({ start = Date.UTC(2026, 0, 1), auto = true }: { start?: number; auto?: boolean } = {}): VirtualClock {
  const sleepers = new Set<Sleeper>();
  let now = start;
  let holds = 0;
  let order = 0;
  let looking = false;

  const next = (): Sleeper | undefined => [...sleepers].toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
  function wakeNext(limit: number): boolean {
    const first = next();
    if (!first || first.at > limit) return false;
    now = Math.max(now, first.at);
    first.wake(true);
    return true;
  }
  /** Twice, so that what a call's end sets off has a turn before time moves. */
  async function look(): Promise<void> {
    if (!auto || looking) return;
    looking = true;
    await settled();
    await settled();
    looking = false;
    if (holds === 0 && wakeNext(Number.POSITIVE_INFINITY) && sleepers.size > 0) void look();
  }

  return {
    now: () => now,
    sleepers: () => sleepers.size,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve(false);
        const sleeper: Sleeper = {
          at: now + Math.max(0, ms),
          order: (order += 1),
          wake(passed) {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', aborted);
            resolve(passed);
          },
        };
        const aborted = (): void => sleeper.wake(false);
        signal?.addEventListener('abort', aborted, { once: true });
        sleepers.add(sleeper);
        void look();
      }),
    async advance(ms) {
      const end = now + ms;
      do await settled();
      while (wakeNext(end));
      now = end;
      await settled();
    },
    hold() {
      holds += 1;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        holds -= 1;
        void look();
      };
    },
  };
}
