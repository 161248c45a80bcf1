import { TrimtabError } from '../errors.ts';

/** Starts under way at once. The pool has 20 connections: the rest stay free for people who read and decide. */
const places = 12;
/** A start that would wait longer than this is refused at once, with the time after which it is worth trying. */
const longestWaitMs = 5_000;
/** Waiting requests hold memory, so their number is bounded too, chain by chain. */
const mostWaiting = 500;
const longestRetrySeconds = 60;
/**
 * Milliseconds from one start to the next. Few at once say nothing of a flood, in which reading and refusing is work too: no fewer are reckoned with
 * than the quickest flood that was seen (140 a second). One long gap, as before the first of ten thousand is done, is not how it goes on.
 */
const gapMs = { least: 7, most: 1_000 };

export interface StartGate {
  /** Do the work when it is this chain's turn. Throws `rate_limited` with Retry-After when too many starts of the chain wait. */
  pass<T>(chain: string, work: () => Promise<T>): Promise<T>;
}

/** Lets in as many starts as Postgres keeps up with, from the chains in turn: who floods one chain does not hold up another. */
export function startGate(now: () => number = Date.now): StartGate {
  /** Chains with waiting starts, the next one first. */
  const waiting = new Map<string, (() => void)[]>();
  let underWay = 0;
  /** Milliseconds from one start that is done to the next, with all places taken, smoothed. */
  let usualGapMs = gapMs.least;
  let lastDone = 0;
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
  const waitMs = (length: number): number => length * Math.max(1, waiting.size) * Math.max(gapMs.least, usualGapMs);

  const done = (from: number): void => {
    // Where nobody waits, the time from one to the next is that until somebody came.
    const gap = waiting.size > 0 ? now() - lastDone : (now() - from) / places;
    usualGapMs += (Math.min(gapMs.most, gap) - usualGapMs) / 20;
    lastDone = now();
    underWay -= 1;
    next();
  };

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
        done(from);
      }
    },
  };
}
