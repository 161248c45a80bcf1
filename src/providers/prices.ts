import { calcPrice } from '@pydantic/genai-prices';
import type { PinnedModel } from '../shapes/plan.ts';
import type { Usage } from '../shapes/usage.ts';

/** USD per million tokens. */
export interface Price {
  input: number;
  output: number;
}

/**
 * List price of a model, from the price table of the day the package was made; `override` (from the config) wins. Where a
 * price rises with the length of the prompt it is the one for short prompts. Unknown is null, never zero (C3).
 */
export function priceOf(provider: string, model: string, override?: Price): Price | null {
  if (override) return override;
  const found = calcPrice({ input_tokens: 1, output_tokens: 1 }, model, { providerId: provider })?.model_price;
  const input = perMillion(found?.['input_mtok']);
  const output = perMillion(found?.['output_mtok']);
  return input === null || output === null ? null : { input, output };
}

const perMillion = (price: number | { base: number } | undefined): number | null =>
  price === undefined ? null : typeof price === 'number' ? price : price.base;

/** USD for one call at the pinned price; null when the price or the usage is not known. Cached input is charged in full: an upper bound. */
export function costOf(model: Pick<PinnedModel, 'input_usd_per_mtok' | 'output_usd_per_mtok'>, usage: Usage | null): number | null {
  const { input_usd_per_mtok, output_usd_per_mtok } = model;
  if (usage === null || input_usd_per_mtok === null || output_usd_per_mtok === null) return null;
  return (usage.input_tokens * input_usd_per_mtok + usage.output_tokens * output_usd_per_mtok) / 1e6;
}
