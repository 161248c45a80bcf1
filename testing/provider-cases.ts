import type { CompletionOptions } from '../src/providers/provider.ts';
import type { Unanswered } from '../src/shapes/outcome.ts';
import type { Usage } from '../src/shapes/usage.ts';
import { answers } from './provider-cases-answers.ts';
import { limits, refusals } from './provider-cases-errors.ts';
import { responsesOnly } from './provider-cases-responses.ts';
import { tools } from './provider-cases-tools.ts';
import { wire } from './provider-cases-wire.ts';
import type { Dialect, Scripted } from './provider-server.ts';

/** One thing a provider may say, and what it means. `not_for` says why a dialect cannot say it. */
export interface ConformanceCase {
  says: string;
  script: Scripted | ((dialect: Dialect) => Scripted);
  outcome: Unanswered | 'answer' | 'calls';
  /** The model is offered `order_status` and `search`, or was and must answer now. */
  tools?: 'offered' | 'answers';
  calls?: { name: string; arguments: string }[];
  text?: string | null;
  usage?: Usage | null;
  retry_after_ms?: number;
  message?: RegExp;
  options?: Pick<CompletionOptions, 'max_bytes' | 'idle_ms' | 'total_ms'>;
  not_for?: Partial<Record<Dialect, string>>;
}

export const conformanceCases: readonly ConformanceCase[] = [...answers, ...limits, ...refusals, ...wire, ...responsesOnly, ...tools];
