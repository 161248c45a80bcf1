import { wilson, type Interval } from '../reliability/wilson.ts';
import type { RunStatus, RunUsage } from '../shapes/run.ts';
import type { Difference } from './matches.ts';
import { ways, type Way } from './way.ts';

/** One case, run and judged. `differences`: what did not hold; none: it passed. */
export interface CaseResult {
  name: string;
  line: number;
  run_id: string;
  status: RunStatus;
  waits_at: string | null;
  passed: boolean;
  differences: Difference[];
  way: Way;
  caught: Record<string, number>;
  usage: RunUsage;
  demo: boolean;
}

/** How many cases went one way, how many of them passed, and what had been caught before. */
export interface WayCount {
  way: Way;
  cases: number;
  passed: number;
  caught: Record<string, number>;
}

/** An evaluation in numbers. Money in USD; `cost_usd` is null where the price of a call is unknown, `known_cost_usd` is what is known. */
export interface Evaluation {
  cases: number;
  judged: number;
  passed: number;
  pass_rate: number;
  interval: Interval;
  cost_usd: number | null;
  known_cost_usd: number;
  unknown_cost_calls: number;
  attempts: number;
  tokens: number;
  ways: WayCount[];
  demo: boolean;
}

/** Put the results together. `cases`: how many there were to judge. Nothing judged: a rate of 0, and an interval that says nothing. */
export function evaluationOf(results: readonly CaseResult[], cases: number): Evaluation {
  const sum = (of: (result: CaseResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  const passed = results.filter((result) => result.passed).length;
  const unknown_cost_calls = sum(({ usage }) => usage.unknown_cost_calls);
  const known_cost_usd = sum(({ usage }) => usage.cost_usd);
  return {
    cases,
    judged: results.length,
    passed,
    pass_rate: results.length === 0 ? 0 : passed / results.length,
    interval: wilson(passed, results.length),
    cost_usd: unknown_cost_calls > 0 ? null : known_cost_usd,
    known_cost_usd,
    unknown_cost_calls,
    attempts: sum(({ usage }) => usage.attempts),
    tokens: sum(({ usage }) => usage.input_tokens + usage.output_tokens),
    ways: ways.flatMap((way) => countOf(way, results)),
    demo: results.some(({ demo }) => demo),
  };
}

function countOf(way: Way, results: readonly CaseResult[]): WayCount[] {
  const those = results.filter((result) => result.way === way);
  if (those.length === 0) return [];
  const caught: Record<string, number> = {};
  for (const [name, count] of those.flatMap((result) => Object.entries(result.caught))) caught[name] = (caught[name] ?? 0) + count;
  return [{ way, cases: those.length, passed: those.filter(({ passed }) => passed).length, caught }];
}
