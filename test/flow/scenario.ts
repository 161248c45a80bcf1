import type { Ending } from '../../src/correct/conduct.ts';
import type { CallRequest, CallResult, Note } from '../../src/shapes/call.ts';
import type { Plan } from '../../src/shapes/plan.ts';
import type { AskedQuestion, ParkedCause, People, PerformCall } from '../../testing/in-process-engine.ts';
import type { BodyName } from './bodies.ts';

/** What an engine shows of a run. */
export interface Seen {
  calls: readonly CallRequest[];
  questions: readonly AskedQuestion[];
  causes: readonly ParkedCause[];
  notes: readonly Note[];
}
export type Ended = Exclude<Ending, { type: 'continue' }>;

/** The hands at the controls of a run while it goes. */
export interface Controls {
  seen: Seen;
  when(holds: (seen: Seen) => boolean): Promise<void>;
  cancel(): void;
  retry(): void;
  /** The history is long from now on. */
  crowd(): void;
}

/** One run, as data: any engine can play it. `script` makes fresh hands and people for each playing. */
export interface Scenario {
  name: string;
  plan: Plan;
  body: BodyName;
  /** The chain function of the build that goes on in a new history. */
  nextBody?: BodyName;
  input?: unknown;
  script(): { perform: PerformCall; people?: People };
  drive?(controls: Controls): Promise<void>;
  /** Calls that are made again under their own keys, because one beside them could not be made: the ledger answers those. */
  again?: number;
  expect(ended: Ended, seen: Seen): void;
}

type Reply = CallResult | ((request: CallRequest, signal: AbortSignal) => CallResult | Promise<CallResult>);

/**
 * Hands that answer by step (`draft`), critic (`draft/judge`) or tool (`draft/look`), in turn; the last reply serves for all further calls.
 */
export function hands(replies: Record<string, Reply | Reply[]>): PerformCall {
  const counts: Record<string, number> = {};
  return async (request, signal) => {
    const { step } = request.key;
    const name = request.kind === 'critic' ? `${step}/${request.critic.name}` : request.kind === 'tool' ? `${step}/${request.tool}` : step;
    const list = [replies[name] ?? []].flat();
    const n = (counts[name] = (counts[name] ?? 0) + 1);
    const reply = list[Math.min(n, list.length) - 1];
    if (reply === undefined) throw new Error(`the script has no reply for ${name}`);
    return typeof reply === 'function' ? reply(request, signal) : reply;
  };
}

/** Resolves when the call is cancelled. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

export const callsOf = (seen: Seen, step: string) => seen.calls.filter(({ key, kind }) => key.step === step && kind !== 'critic');
export const outputOf = (ended: Ended): unknown => (ended.type === 'succeeded' ? ended.output : ended);
export const adviceOf = (request: CallRequest | undefined) => (request && 'advice' in request ? request.advice : undefined);
