import type { ErrorCode } from '../errors.ts';
import type { Verdict } from '../shapes/verdict.ts';

/** An accepted answer, or that there was none. Later passes are answered from here while the input is the same (C6). */
export interface Remembered {
  step: string;
  occurrence: number;
  value: unknown;
  failed?: { code: ErrorCode; message: string };
}

/** What a blamed call is told when it is made again. */
export interface Reproach {
  previous: unknown;
  verdicts: Verdict[];
}

/** What survives a pass. Plain data: carried over by continue-as-new, refilled from records for a fork. */
export interface Memory {
  answers: Record<string, Remembered>;
  reproaches: Record<string, Reproach>;
  /** The latest occurrence at each place in the chain (`lineage` of a slice). */
  places: Record<string, number>;
  /** The n-th clock reading, random number and sleep of every pass is the same. */
  nows: number[];
  randoms: number[];
  sleeps: { ms: number; since: number }[];
}

export const newMemory = (): Memory => ({ answers: {}, reproaches: {}, places: {}, nows: [], randoms: [], sleeps: [] });

/** The name of a call: the n-th (from 1) call of the step with this input, or with the author's key. */
export const callName = (step: string, input: string, n: number): string => `${step}:${input}:${n}`;

export function remember(memory: Memory, name: string, answer: Remembered): void {
  memory.answers[name] = answer;
  delete memory.reproaches[name];
}

/** Forget the blamed answer, and keep what was said against it for the call that replaces it. */
export function forget(memory: Memory, to: { step: string; occurrence: number }, verdicts: Verdict[]): void {
  for (const [name, answer] of Object.entries(memory.answers)) {
    if (answer.step !== to.step || answer.occurrence !== to.occurrence) continue;
    delete memory.answers[name];
    memory.reproaches[name] = { previous: answer.value, verdicts };
  }
}

export const remembers = (memory: Memory, step: string, occurrence: number): boolean =>
  Object.values(memory.answers).some((answer) => answer.step === step && answer.occurrence === occurrence);

/** A copy the chain body may change without changing the memory. */
export const copyOf = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T));
