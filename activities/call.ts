import { randomUUID } from 'node:crypto';
import type { ErrorCode } from '../src/errors.ts';
import type { CallRequest, CallResult } from '../src/shapes/call.ts';
import type { StepKind } from '../src/shapes/step.ts';
import { crashPoint } from '../src/store/crash-point.ts';
import type { CallEnd, CallStart, Ledger } from '../src/store/ledger.ts';
import type { CallContext } from './dependencies.ts';

export const stuck = (code: ErrorCode, message: string): Extract<CallResult, { type: 'stuck' }> => ({ type: 'stuck', code, message });

/** What the row shows beside the key. */
export interface CallFacts {
  kind: StepKind;
  provider?: string;
  model?: string;
  demo?: boolean;
  prompt?: { name: string; version: string };
}

/**
 * One call behind its fence (C5): the row first, then the world, then the result on the row. A row that is there already
 * is returned as it is, so that a recorded answer is never paid for twice.
 */
export async function fenced(
  request: CallRequest,
  facts: CallFacts,
  at: { ledger: Ledger; context: CallContext; make(): Promise<CallEnd> },
): Promise<CallResult> {
  const owner = randomUUID();
  crashPoint('call.begins');
  const begun = await at.ledger.begin(startOf(request, facts, owner));
  if (begun.type !== 'started') return begun.result;
  const end = await at.make();
  crashPoint('call.answered');
  const ours = await finished(request, { owner, end }, at);
  crashPoint('ledger.finish.committed');
  if (ours) return end.result;
  return {
    type: 'nothing',
    outcome: 'abandoned',
    message: 'another worker took this call over',
    retry_after_ms: null,
    output: null,
    usage: null,
    cost_usd: null,
  };
}

const startOf = (request: CallRequest, facts: CallFacts, owner: string): CallStart => ({
  key: request.key,
  owner,
  kind: facts.kind,
  pass: request.pass,
  input: request.input,
  input_hash: request.input_hash,
  remedy: request.remedy,
  answer: 'answer' in request ? request.answer : null,
  provider: facts.provider ?? null,
  model: facts.model ?? null,
  demo: facts.demo ?? false,
  prompt: facts.prompt ?? null,
  // A later turn of the model is told what the draft was.
  advice: 'advice' in request && request.key.call === 'draft' ? request.advice : null,
  notes: request.notes,
});

/** How long a response in hand waits for the database, and how often it tries. */
const patience = { ms: 10 * 60_000, every_ms: 500 };

/** With a response in hand a database that is away is waited for: asking the provider again would be paid twice. */
async function finished(
  request: CallRequest,
  done: { owner: string; end: CallEnd },
  at: { ledger: Ledger; context: CallContext },
): Promise<boolean> {
  for (const until = Date.now() + patience.ms; ;) {
    try {
      return await at.ledger.finish(request.key, done.owner, done.end);
    } catch (error) {
      if (Date.now() > until) throw error;
      at.context.progress();
      await new Promise((resolve) => setTimeout(resolve, patience.every_ms));
    }
  }
}

/** The caller's signal, and the time the call may take. `timedOut` tells the two apart. */
export function limited(context: CallContext, ms: number): { signal: AbortSignal; timedOut(): boolean } {
  const timeout = AbortSignal.timeout(Math.min(ms, 2 ** 31 - 1));
  return { signal: AbortSignal.any([context.signal, timeout]), timedOut: () => timeout.aborted && !context.signal.aborted };
}
