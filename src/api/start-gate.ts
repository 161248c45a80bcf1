import { TrimtabError } from '../errors.ts';

/** Starts under way at once. The pool has 20 connections: the rest stay free for people who read and decide. */
const places = 12;
/** A start that would wait longer than this is refused at once, with the time after which it is worth trying. */
const longestWaitMs = 5_000;
/** Waiting requests hold memory, so their number is bounded too, chain by chain. */
const mostWaiting = 500;
const longestRetrySeconds = 60;

export interface StartGate {
  /** Do the work when it is this chain's turn. Throws `rate_limited` with Retry-After when too many starts of the chain wait. */
  pass<T>(chain: string, work: () => Promise<T>): Promise<T>;
}

/** Lets in as many starts as Postgres keeps up with, from the chains in turn: who floods one chain does not hold up another. */
export function startGate(now: () => number = Date.now): StartGate {
  /** Chains with waiting starts, the next one first. */
  const waiting = new Map<string, (() => void)[]>();
  let underWay = 0;
  /** Milliseconds that a start takes, smoothed. */
  let usualMs = 20;
  /** When the last refused start of a chain was told to come again. */
  const toldFor = new Map<string, number>();

  const next = (): void => {
    const [first] = waiting;
    if (!first || underWay >= places) return;
    const [chain, line] = first;
    waiting.delete(chain);
    const enter = line.shift();
    if (line.length > 0) waiting.set(chain, line);
    underWay += 1;
    enter?.();
  };
  /** With every chain that waits served in turn, so long until the last of `length` is let in. */
  const waitMs = (length: number): number => (length * Math.max(1, waiting.size) * usualMs) / places;

  /** Refused starts are told to come one after another, as fast as they are let in: all at once they would be refused again, and answering them is work too. */
  const turnOfRefused = (chain: string, length: number): number => {
    const at = Math.max(toldFor.get(chain) ?? 0, now() + waitMs(length)) + waitMs(1);
    const seconds = Math.min(longestRetrySeconds, Math.max(1, Math.ceil((at - now()) / 1_000)));
    toldFor.set(chain, Math.min(at, now() + longestRetrySeconds * 1_000));
    return seconds;
  };

  return {
    async pass(chain, work) {
      const line = waiting.get(chain) ?? [];
      if (line.length >= mostWaiting || waitMs(line.length) > longestWaitMs)
        throw new TrimtabError('rate_limited', `${line.length} starts of '${chain}' wait already`, {
          retryAfterSeconds: turnOfRefused(chain, line.length),
        });
      await new Promise<void>((enter) => {
        line.push(enter);
        waiting.set(chain, line);
        next();
      });
      const from = now();
      try {
        return await work();
      } finally {
        usualMs += (now() - from - usualMs) / 20;
        underWay -= 1;
        next();
      }
    },
  };
}
