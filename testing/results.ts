import { hashOf } from '../src/correct/canonical.ts';
import type { CallResult } from '../src/shapes/call.ts';
import type { Unanswered } from '../src/shapes/outcome.ts';
import type { Verdict } from '../src/shapes/verdict.ts';

/** A verdict of the critic `test` unless said otherwise. */
export const verdictOf = (verdict: Verdict['verdict'], change: Partial<Verdict> = {}): Verdict => ({
  critic: 'test',
  version: '1',
  verdict,
  score: null,
  reason: verdict === 'pass' ? '' : verdict,
  at: null,
  blames: null,
  evidence: [],
  ...change,
});

export const passed = verdictOf('pass');
export const failed = verdictOf('fail');

/** An answer with these verdicts on it (default: one that passes), at 10 tokens and a ten-thousandth of a dollar. */
export const answer = (output: unknown, verdicts: Verdict[] = [passed]): CallResult => ({
  type: 'answer',
  output,
  output_hash: hashOf(output),
  verdicts,
  usage: { input_tokens: 5, output_tokens: 5 },
  cost_usd: 0.0001,
});

/** A model that asks for calls of tools, by name and arguments, at 10 tokens. `misfit`: why a call cannot be made. */
export const calls = (...wanted: { tool: string; arguments?: unknown; misfit?: string }[]): CallResult => ({
  type: 'calls',
  text: '',
  calls: wanted.map(({ tool, arguments: given = {}, misfit = null }) => ({ tool, arguments: given, misfit })),
  usage: { input_tokens: 5, output_tokens: 5 },
  cost_usd: 0.0001,
});

/** No answer, and why. Free of charge. */
export const nothing = (outcome: Unanswered, change: Partial<Extract<CallResult, { type: 'nothing' }>> = {}): CallResult => ({
  type: 'nothing',
  outcome,
  message: outcome,
  retry_after_ms: null,
  output: null,
  usage: null,
  cost_usd: 0,
  ...change,
});
