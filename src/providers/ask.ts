import type { PinnedModel } from '../shapes/plan.ts';
import type { CompletionRequest } from './provider.ts';

/** What the pinned model says of a request. */
export const askOf = ({
  model,
  temperature,
  max_output_tokens,
  api,
  structured,
}: PinnedModel): Omit<CompletionRequest, 'messages' | 'schema'> => ({ model, temperature, max_output_tokens, api, structured });
