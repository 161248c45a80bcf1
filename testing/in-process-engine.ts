import { AsyncLocalStorage } from 'node:async_hooks';
import type { Engine, Parked } from '../src/correct/engine.ts';
import type { CallRequest, CallResult, Note } from '../src/shapes/call.ts';
import type { Answer, AskRequest } from '../src/shapes/review.ts';
import { settled, type VirtualClock } from './clock.ts';
import { seededRandom } from '../src/correct/seeded-random.ts';

/** Makes one call. Heed the signal: an abandoned call is waited for until it ends. A rejection after the abort counts as cancelled. */
export type PerformCall = (request: CallRequest, signal: AbortSignal) => Promise<CallResult>;
/** Decides one question. Never to settle is to let it expire; `signal`: the question was withdrawn. */
export type People = (ask: AskRequest, signal: AbortSignal) => Promise<Answer>;

export interface InProcessOptions {
  clock: VirtualClock;
  perform: PerformCall;
  people: People;
  seed?: number;
}

/** A question and how it ended; `pending` as long as nobody knows. */
export interface AskedQuestion {
  request: AskRequest;
  status: Answer['type'] | 'pending';
}
export interface ParkedCause extends Parked {
  over: boolean;
}

/** The engine of tests and simulations: no servers, no real time. It shows what the loop did. */
export interface InProcessEngine extends Engine {
  readonly clock: VirtualClock;
  readonly calls: CallRequest[];
  readonly questions: AskedQuestion[];
  readonly causes: ParkedCause[];
  /** Facts for the ledger, in order. */
  readonly notes: Note[];
  /** Somebody cancels the run. */
  cancel(): void;
  /** Somebody says that the cause is gone: everything parked goes on. */
  retry(): void;
  /** From now on the history counts as long, until the run goes on in a new one. */
  crowd(): void;
  /** A new history has begun. */
  renew(): void;
  /** Resolves when the condition holds, for tests: looked at after everything the loop does. */
  when(condition: () => boolean): Promise<void>;
}

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

export function createInProcessEngine({ clock, perform, people, seed = 1 }: InProcessOptions): InProcessEngine {
  const root = new AbortController();
  const calls: CallRequest[] = [];
  const questions: AskedQuestion[] = [];
  const causes: ParkedCause[] = [];
  const notes: Note[] = [];
  const listeners: (() => void)[] = [];
  const watchers = new Set<() => void>();
  const random = seededRandom(seed);
  let wake = new AbortController();
  let crowded = false;

  const inside = (): AbortController => {
    const at = scopes.getStore();
    return at?.root === root ? at.scope : root;
  };
  const signal = (): AbortSignal => inside().signal;
  /** After the microtasks of what has just happened. */
  const touch = (): void => {
    void settled().then(() => {
      for (const look of watchers) look();
    });
  };
  const touching = <T>(promise: Promise<T>): Promise<T> => {
    touch();
    return promise.finally(touch);
  };

  async function made(request: CallRequest): Promise<CallResult> {
    const at = signal();
    notes.push(...request.notes);
    if (at.aborted) return cancelledCall;
    calls.push(structuredClone(request));
    const release = clock.hold();
    try {
      return await perform(request, at);
    } catch (error) {
      if (at.aborted) return cancelledCall;
      throw error;
    } finally {
      release();
    }
  }

  async function asked(request: AskRequest, facts: Note[]): Promise<Answer> {
    const at = signal();
    notes.push(...facts);
    if (at.aborted) return { type: 'cancelled' };
    const question: AskedQuestion = { request: structuredClone(request), status: 'pending' };
    questions.push(question);
    const over = new AbortController();
    const expiry = AbortSignal.any([at, over.signal]);
    const answer = await Promise.race([
      people(request, at),
      clock.sleep(request.expires_ms, expiry).then((passed): Answer => (passed ? { type: 'expired' } : { type: 'cancelled' })),
    ]);
    over.abort();
    question.status = answer.type;
    return answer;
  }

  async function parked(cause: Parked, facts: Note[]): Promise<void> {
    const at = signal();
    notes.push(...facts);
    const entry: ParkedCause = { ...cause, over: false };
    causes.push(entry);
    const until = AbortSignal.any([at, wake.signal]);
    if (cause.retry_after_ms !== null) await clock.sleep(cause.retry_after_ms, until);
    else if (!until.aborted)
      await new Promise<void>((resolve) => {
        until.addEventListener('abort', () => resolve(), { once: true });
      });
    entry.over = true;
  }

  const when = (condition: () => boolean, at?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!condition() && !at?.aborted) return;
        watchers.delete(look);
        at?.removeEventListener('abort', look);
        resolve();
      };
      watchers.add(look);
      at?.addEventListener('abort', look);
      look();
    });

  return {
    clock,
    calls,
    questions,
    causes,
    notes,
    random,
    now: () => clock.now(),
    reading: () => clock.now(),
    sleep: (ms) => touching(clock.sleep(ms, signal())),
    perform: (request) => touching(made(request)),
    ask: (request, facts) => touching(asked(request, facts)),
    park: (cause, facts) => touching(parked(cause, facts)),
    until: (condition) => when(condition, signal()),
    when: (condition) => when(condition),
    crowded: () => crowded,
    crowd() {
      crowded = true;
    },
    renew() {
      crowded = false;
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
    retry() {
      wake.abort();
      wake = new AbortController();
      touch();
    },
  };
}
