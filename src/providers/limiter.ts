import { randomUUID } from 'node:crypto';
import { TrimtabError } from '../errors.ts';
import type { AccountLimits, Admission, AdmissionRequest, GrantEnd, GrantRenewal, WaitingCall } from '../shapes/limit.ts';

/** Where the limits are kept: Postgres, for all workers. */
export interface LimitStore {
  admit(request: AdmissionRequest): Promise<Admission>;
  release(end: GrantEnd): Promise<void>;
  renew(renewal: GrantRenewal): Promise<void>;
}

export interface LimiterOptions {
  limits: Readonly<Record<string, AccountLimits>>;
  store: LimitStore;
  /** How long a call waits here before its slot in the worker is given up. Default 10 s. */
  patience_ms?: number;
  /** A clock that a test holds; by default the database's time counts and timers are real. */
  clock?: { now(): number; sleep(ms: number): Promise<unknown> };
}

/** `tokens`: an estimate, asked for only where tokens are limited. `timeout_ms`: when the call is over at the latest. */
export interface Entering {
  account: string;
  chain: string;
  tokens: () => number;
  timeout_ms: number;
  signal: AbortSignal;
}

/** What a call tells when it is over: see `GrantEnd`. */
export type Leaving = Pick<GrantEnd, 'tokens' | 'pause_ms' | 'heard'>;
export interface Permit {
  leave(end: Leaving): Promise<void>;
}

export interface Limiter {
  /**
   * Wait until the account's limits let this call through. Throws `rate_limited`, with the seconds after which to come again,
   * when that takes longer than the patience; the signal's reason when it is aborted.
   */
  enter(call: Entering): Promise<Permit>;
}

interface Waiter extends WaitingCall {
  since: number;
  signal: AbortSignal;
  go(permit: Permit): void;
  refuse(error: unknown): void;
}

/** How often a process says that its calls are still under way, where places are counted. */
const renewMs = 10_000;

const free: Permit = { leave: async () => undefined };

/** Calls of this process wait here, by account; one question to the store speaks for all of them. An account without limits is not held up. */
export function createLimiter(options: LimiterOptions): Limiter {
  const { limits, store } = options;
  const process = randomUUID();
  const desks = new Map<string, Desk>();
  return {
    async enter(call) {
      const accountLimits = limits[call.account];
      if (accountLimits === undefined) return free;
      let desk = desks.get(call.account);
      if (!desk) {
        desk = createDesk({ ...options, store, account: call.account, process, limits: accountLimits });
        desks.set(call.account, desk);
      }
      return desk.wait(call, accountLimits.tokens_per_minute === undefined ? 0 : call.tokens());
    },
  };
}

interface Desk {
  wait(call: Entering, tokens: number): Promise<Permit>;
}

type DeskOptions = Omit<LimiterOptions, 'limits'> & { account: string; process: string; limits: AccountLimits };

/** The waiting calls of one account, and the loop that asks for them while there are any. */
function createDesk({ account, process, limits, store, patience_ms = 10_000, clock }: DeskOptions): Desk {
  const now = (): number => clock?.now() ?? Date.now();
  const waiting = new Set<Waiter>();
  let asking = false;
  /** The first of a chain is asked for at once; who comes behind others of its chain has their turn to wait for. */
  let arrived = false;
  let wake: () => void = () => undefined;

  /** Calls under way here whose places are counted, with the time when each is over at the latest. */
  const underWay = new Map<string, number>();
  let renewing = false;
  async function renew(): Promise<void> {
    if (renewing) return;
    renewing = true;
    while (underWay.size > 0) {
      await (clock ? clock.sleep(renewMs) : quietly(renewMs));
      for (const [id, over] of underWay) if (over <= now()) underWay.delete(id);
      // A store that is away is told the next time.
      if (underWay.size > 0) await store.renew({ ids: [...underWay.keys()], now: clock?.now() ?? null }).catch(() => undefined);
    }
    renewing = false;
  }
  const permitFor = (id: string): Permit => ({
    async leave(end) {
      underWay.delete(id);
      await store.release({ id, account, ...end, now: clock?.now() ?? null });
      // A place may be free, if places are counted.
      if (limits.concurrency !== undefined) wake();
    },
  });
  /** `told`: how many the store still takes to be waiting here. */
  async function ask(): Promise<{ pause: number; told: number }> {
    arrived = false;
    const calls = [...waiting].map(({ id, chain, tokens, timeout_ms }) => ({ id, chain, tokens, timeout_ms }));
    const { granted, again_ms } = await store.admit({ account, process, limits, waiting: calls, now: clock?.now() ?? null });
    const here = new Map([...waiting].map((waiter) => [waiter.id, waiter]));
    for (const id of granted) {
      const waiter = here.get(id);
      if (waiter) {
        waiting.delete(waiter);
        if (limits.concurrency !== undefined) {
          underWay.set(id, now() + waiter.timeout_ms);
          void renew();
        }
        waiter.go(permitFor(id));
      } else {
        // It was cancelled while we asked.
        await permitFor(id).leave({ tokens: 0, pause_ms: null, heard: null });
      }
    }
    const late = [...waiting].filter(({ since }) => now() - since >= patience_ms);
    for (const waiter of late) {
      waiting.delete(waiter);
      waiter.refuse(tooLate(account, again_ms));
    }
    return { pause: again_ms, told: calls.length - granted.length };
  }
  async function loop(): Promise<void> {
    if (asking) return arrived ? wake() : undefined;
    asking = true;
    try {
      // Once more when the last has gone away unserved, so that the store keeps no place for it.
      for (let told = 0; waiting.size > 0 || told > 0;) {
        const asked = await ask();
        told = asked.told;
        if (waiting.size > 0 && told > 0 && !arrived) await pausing(asked.pause);
      }
    } catch (error) {
      for (const waiter of waiting) waiter.refuse(error);
      waiting.clear();
    } finally {
      asking = false;
    }
  }
  const pausing = (wait: number): Promise<unknown> => {
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    return Promise.race([woken, clock ? clock.sleep(wait) : later(wait, woken)]);
  };
  return {
    wait: (call, tokens) =>
      new Promise<Permit>((go, refuse) => {
        const waiter: Waiter = {
          id: randomUUID(),
          chain: call.chain,
          tokens,
          timeout_ms: call.timeout_ms,
          since: now(),
          signal: call.signal,
          go,
          refuse,
        };
        if (call.signal.aborted) return refuse(call.signal.reason);
        arrived ||= ![...waiting].some(({ chain }) => chain === call.chain);
        waiting.add(waiter);
        call.signal.addEventListener(
          'abort',
          () => {
            if (waiting.delete(waiter)) refuse(call.signal.reason);
          },
          { once: true },
        );
        void loop();
      }),
  };
}

/** A timer that keeps no process alive. */
const quietly = (wait: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, wait).unref();
  });

/** A timer that is gone when somebody woke first. */
const later = (wait: number, woken: Promise<void>): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, wait);
    void woken.then(() => clearTimeout(timer));
  });

const tooLate = (account: string, again_ms: number): TrimtabError =>
  new TrimtabError('rate_limited', `the limits of ${account} are used up; this call waits its turn`, {
    retryAfterSeconds: again_ms / 1_000,
  });
