import { usualIdleMs } from './guarded-fetch.ts';
import type { PinnedModel } from '../shapes/plan.ts';
import type { CompletionRequest } from './provider.ts';

/** Of a call to this model: all of it, and how long it may be silent. `usual_ms`: what it may take where the model says nothing. */
export const timeOf = ({ timeout_ms = 0 }: PinnedModel, usual_ms: number): { total_ms: number; idle_ms: number } => ({
  total_ms: Math.max(usual_ms, timeout_ms),
  idle_ms: Math.max(usualIdleMs, timeout_ms),
});

/** What the pinned model says of a request. */
export const askOf = ({
  model,
  temperature,
  max_output_tokens,
  api,
  structured,
}: PinnedModel): Omit<CompletionRequest, 'messages' | 'schema'> => ({ model, temperature, max_output_tokens, api, structured });
