import { advance, type Advance } from '../../src/correct/advance.ts';
import type { Happening, Move, Sampled } from '../../src/correct/move.ts';
import { newState, type RunState, type Slice } from '../../src/correct/state.ts';
import type { Unanswered } from '../../src/shapes/outcome.ts';
import type { Plan } from '../../src/shapes/plan.ts';
import type { Verdict } from '../../src/shapes/verdict.ts';
import { passed, verdictOf } from '../../testing/results.ts';

type Fate = 'given' | 'failed' | 'lost';

/** Tells the reducer what happens to one run, event by event, and keeps its state. Free calls unless said otherwise. */
export function drive(plan: Plan) {
  let state: RunState = newState();
  let at = 0;
  const occurrences: Record<string, number> = {};
  const tell = (step: string, event: Partial<Happening> & { event: Happening['event'] }): Advance => {
    const advanced = advance(plan, state, { step, occurrence: occurrences[step], at, ...event } as Happening);
    state = advanced.state;
    return advanced;
  };
  const toldAt = (step: string, results: Fate[], cost_usd: number | null): Advance =>
    tell(step, { event: 'told', results, bytes: 30, usage: null, cost_usd } as never);
  return {
    get state() {
      return state;
    },
    slice: (step: string): Slice => state.slices[`${step}/${occurrences[step]}`] as Slice,
    pass(ms: number): void {
      at += ms;
    },
    call(step: string, options: { lineage?: string; pass?: number; value?: string; blamedFor?: Verdict[] } = {}): Move {
      occurrences[step] = (occurrences[step] ?? 0) + 1;
      const { lineage = `${step}#1`, pass = 1, value = `${step}-input`, blamedFor } = options;
      const hint = blamedFor ? { previous: 0, verdicts: blamedFor } : null;
      return tell(step, { event: 'called', lineage, pass, value, size: 30, hint, remedy: hint ? 'backtrack' : 'first' } as never).move;
    },
    answer: (step: string, output: string, verdicts: Verdict[] = [passed], bill = {}): Advance =>
      tell(step, { event: 'answered', output, verdicts, usage: null, cost_usd: 0, ...bill } as never),
    draw: (step: string, drafts: Sampled[]): Advance => tell(step, { event: 'sampled', drafts } as never),
    silence: (step: string, outcome: Unanswered, change = {}): Advance =>
      tell(step, { event: 'silent', outcome, message: outcome, retry_after_ms: null, usage: null, cost_usd: 0, ...change } as never),
    want: (step: string, calls: { tool: string; mark?: string; fits?: boolean }[], bill = {}): Advance =>
      tell(step, {
        event: 'wanted',
        calls: calls.map(({ tool, mark = tool, fits = true }) => ({ tool, mark, fits })),
        bytes: 30,
        usage: null,
        cost_usd: 0,
        ...bill,
      } as never),
    told: (step: string, ...results: Fate[]): Advance => toldAt(step, results, 0),
    /** As `told`, with what the calls cost together; null: nobody knows. */
    billed: (step: string, cost_usd: number | null, ...results: Fate[]): Advance => toldAt(step, results, cost_usd),
    stuck: (step: string): Advance => tell(step, { event: 'stuck', code: 'tool_missing', message: 'no such tool' }),
    waited: (step: string): Advance => tell(step, { event: 'waited' }),
    resumed: (step: string): Advance => tell(step, { event: 'resumed' }),
    decide: (step: string, decision: 'approve' | 'edit' | 'reject' | 'respond' | 'expired', value = 'seen', reason = 'because'): Advance =>
      tell(step, { event: 'decided', decision, value, verdict: verdictOf('fail', { critic: 'person', reason }) }),
  };
}
