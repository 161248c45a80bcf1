/**
 * Runs a chain: the chain function again and again, each time a pass, until it returns, fails, or is cancelled (C6).
 *
 * 1. A step called with an input it has seen answers from memory; a blamed step runs again with what was said against it.
 * 2. An abandoned pass is cancelled and drained; its step promises never settle, so no `try` can swallow a backtrack.
 *    Answers accepted while it drains are kept: they are paid for.
 * 3. What the reducer decided travels to the ledger as notes with the next call.
 */
import { StepFailed, errorTable, messageOf, type ErrorCode } from '../errors.ts';
import type { Note } from '../shapes/call.ts';
import type { Plan } from '../shapes/plan.ts';
import type { RunError } from '../shapes/run.ts';
import { machineTime } from './budget.ts';
import { callStep } from './call-step.ts';
import { abandon } from './clock.ts';
import type { Engine, Parked } from './engine.ts';
import { copyOf, forget, newMemory, remembers, type Memory } from './memory.ts';
import { never, takeNotes, type Conduct, type Pass, type PassEnd } from './pass.ts';
import { newState, type RunState } from './state.ts';

/** What the chain function may use beside its steps: the same in every pass and every replay. */
export interface Repeatable {
  now(): number;
  random(): number;
  sleep(ms: number): Promise<void>;
}
export type StepFunction = (input: unknown, options?: { key?: string }) => Promise<unknown>;
export type Body = (input: unknown, steps: Record<string, StepFunction>, repeatable: Repeatable) => Promise<unknown>;

/** What goes on in a new history: continue-as-new is a backtrack that blames nobody. `parked`: first wait until this cause is gone. */
export interface Carried {
  state: RunState;
  memory: Memory;
  pass: number;
  parked: Parked | null;
  notes: Note[];
}

export const newCarried = (): Carried => ({ state: newState(), memory: newMemory(), pass: 1, parked: null, notes: [] });

export type Ending =
  | { type: 'succeeded'; output: unknown; notes: Note[]; carried: Carried }
  | { type: 'failed'; error: RunError; notes: Note[] }
  | { type: 'cancelled'; notes: Note[] }
  | { type: 'continue'; carried: Carried };

/** A build that does not fit is looked at again after 1, 2, 4 … 60 minutes. */
const misfitMs = { first: 60_000, most: 3_600_000 };

/** Machine time a run may take beyond its budget before it is stopped from outside: every call has its own limit first. */
const grace = 60_000;

export async function conduct(engine: Engine, plan: Plan, options: { body: Body; input: unknown; carried?: Carried }): Promise<Ending> {
  const { body, input, carried = newCarried() } = options;
  const begun: Carried = { ...carried, memory: copyOf(carried.memory), notes: [...carried.notes] };
  const run: Conduct = { engine, plan, state: carried.state, memory: carried.memory, notes: carried.notes };
  let current: Pass | null = null;
  let stopped: PassEnd | null = null;
  const stop = (type: 'cancelled' | 'deadline'): void => {
    stopped ??= { type };
    current?.close(stopped);
  };
  engine.onCancel(() => stop('cancelled'));
  if (carried.parked) await engine.park(carried.parked, takeNotes(run));
  const stopWatch = watch(run, () => stop('deadline'));
  for (let number = carried.pass; ; number += 1) {
    const end: PassEnd =
      stopped ??
      (await onePass(run, {
        number,
        body,
        input: copyOf(input),
        started: (pass) => {
          current = pass;
        },
      }));
    if (end.type === 'backtrack') continue;
    stopWatch();
    if (end.type === 'stuck' && end.cause.code === 'build_mismatch')
      return { type: 'continue', carried: fromTheBeginning(run, begun, end.cause) };
    return ending(run, end, number);
  }
}

/**
 * The records are of other calls than this build makes: what it did here is forgotten, but for what was read of clock and chance, and a build that
 * fits goes on from where this one began. The records answer it.
 */
function fromTheBeginning({ memory: { nows, randoms, sleeps } }: Conduct, begun: Carried, cause: Parked): Carried {
  const before = begun.parked?.code === 'build_mismatch' ? begun.parked.retry_after_ms : null;
  const retry_after_ms = before === null ? misfitMs.first : Math.min(misfitMs.most, 2 * before);
  return { ...begun, memory: { ...begun.memory, nows, randoms, sleeps }, parked: { ...cause, retry_after_ms } };
}

function ending(run: Conduct, end: Exclude<PassEnd, { type: 'backtrack' }>, number: number): Ending {
  const carry = (parked: Parked | null): Carried => ({
    state: run.state,
    memory: run.memory,
    pass: number + 1,
    parked,
    notes: takeNotes(run),
  });
  const next = (parked: Parked | null): Ending => ({ type: 'continue', carried: carry(parked) });
  const failed = (error: RunError): Ending => ({ type: 'failed', notes: takeNotes(run), error });
  switch (end.type) {
    case 'returned':
      return { type: 'succeeded', output: end.output ?? null, notes: takeNotes(run), carried: carry(null) };
    case 'cancelled':
      return { type: 'cancelled', notes: takeNotes(run) };
    case 'crowded':
      return next(null);
    case 'stuck':
      return next(end.cause);
    case 'deadline':
      return failed(runError('run_deadline', `stopped after ${run.plan.budget.within_ms / 1000} s of machine time`, null));
    case 'threw':
      if (end.error instanceof StepFailed) return failed(runError(end.error.code, end.error.message, end.error.step));
      return next({ code: 'chain_error', message: `the chain function threw: ${messageOf(end.error)}`, step: null, retry_after_ms: null });
  }
}

export const runError = (code: ErrorCode, message: string, step: string | null): RunError => ({
  code,
  message,
  next: errorTable[code].next,
  step,
});

async function onePass(run: Conduct, options: { number: number; body: Body; input: unknown; started(pass: Pass): void }): Promise<PassEnd> {
  let finish: (end: PassEnd) => void = () => undefined;
  const ended = new Promise<PassEnd>((resolve) => {
    finish = resolve;
  });
  const pass: Pass = {
    number: options.number,
    closed: false,
    flying: new Set(),
    calls: {},
    close(end) {
      if (pass.closed) return;
      pass.closed = true;
      finish(end);
    },
  };
  options.started(pass);
  const scope = run.engine.scope(async () => {
    try {
      pass.close({ type: 'returned', output: copyOf(await options.body(options.input, stepsOf(run, pass), repeatableOf(run, pass))) });
    } catch (error) {
      pass.close({ type: 'threw', error });
    }
  });
  const end = await ended;
  scope.cancel();
  while (pass.flying.size > 0) await Promise.allSettled(pass.flying);
  leave(run, pass, end);
  return end;
}

/** The chain's step functions. One that fails and is never awaited must not bring down the process. */
function stepsOf(run: Conduct, pass: Pass): Record<string, StepFunction> {
  const functionOf =
    (name: string): StepFunction =>
    (input, options) => {
      const answer = callStep(run, pass, { name, input, key: options?.key });
      answer.catch(() => undefined);
      return answer;
    };
  return Object.fromEntries(Object.keys(run.plan.steps).map((name) => [name, functionOf(name)]));
}

/** Close the books of a pass: what was under way is given up, what was blamed is forgotten, the records learn both. */
function leave(run: Conduct, pass: Pass, end: PassEnd): void {
  const note = (of: { step: string; occurrence: number }, status: 'superseded' | 'failed', by: number | null = null): void => {
    run.notes.push({ note: 'step', step: of.step, occurrence: of.occurrence, status, attempt: null, superseded_by: by });
  };
  const over = end.type === 'cancelled' || end.type === 'deadline' || (end.type === 'threw' && end.error instanceof StepFailed);
  for (const [key, slice] of Object.entries(run.state.slices)) {
    const { step, occurrence, lineage } = slice;
    if (!slice.done && slice.pass === pass.number) {
      run.state = abandon(run.state, key, run.engine.now());
      note(slice, over ? 'failed' : 'superseded');
    }
    if (end.type === 'returned' && slice.pass !== pass.number && remembers(run.memory, step, occurrence)) {
      const latest = run.memory.places[lineage];
      note(slice, 'superseded', latest === undefined || latest === occurrence ? null : latest);
    }
  }
  if (end.type !== 'backtrack') return;
  forget(run.memory, end.to, end.verdicts);
  note(end.to, 'superseded');
}

/** Clock, chance and sleep that answer the same in every pass. */
function repeatableOf(run: Conduct, pass: Pass): Repeatable {
  const count = (name: string): number => (pass.calls[name] = (pass.calls[name] ?? 0) + 1) - 1;
  const { memory, engine } = run;
  return {
    now: () => (memory.nows[count('now')] ??= engine.reading()),
    random: () => (memory.randoms[count('random')] ??= engine.random()),
    async sleep(ms) {
      if (pass.closed) await never();
      const slept = (memory.sleeps[count('sleep')] ??= { ms, since: engine.now() });
      const left = slept.since + ms - engine.now();
      if (left > 0) {
        const sleeping = engine.sleep(left);
        pass.flying.add(sleeping);
        await sleeping.finally(() => pass.flying.delete(sleeping));
      }
      if (pass.closed) await never();
    },
  };
}

/** Stop a run that is past its machine time although every call has a limit of its own (C11). */
function watch(run: Conduct, stop: () => void): () => void {
  let over = false;
  const scope = run.engine.scope(async () => {
    while (!over) {
      if (run.state.clock.busy === 0) await run.engine.until(() => over || run.state.clock.busy > 0);
      const left = run.plan.budget.within_ms + grace - machineTime(run.state, run.engine.now());
      if (over) return;
      if (left <= 0) return stop();
      if (!(await run.engine.sleep(left))) return;
    }
  });
  return () => {
    over = true;
    scope.cancel();
  };
}
