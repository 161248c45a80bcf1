import { calcPrice } from '@pydantic/genai-prices';
import type { ModelPrice } from '../define/config.ts';
import type { PinnedModel } from '../shapes/plan.ts';
import type { Usage } from '../shapes/usage.ts';

/**
 * List price of a model in USD per million tokens, from the price table of the day the package was made; `override` (from the config)
 * wins. Where a price rises with the length of the prompt it is the one for short prompts. Unknown is null, never zero (C3).
 */
export function priceOf(provider: string, model: string, override?: ModelPrice): ModelPrice | null {
  if (override) return override;
  const found = calcPrice({ input_tokens: 1, output_tokens: 1 }, model, { providerId: provider })?.model_price;
  const input = perMillion(found?.['input_mtok']);
  const output = perMillion(found?.['output_mtok']);
  const cached = perMillion(found?.['cache_read_mtok']);
  return input === null || output === null ? null : { input, output, ...(cached === null ? {} : { cached }) };
}

const perMillion = (price: number | { base: number } | undefined): number | null =>
  price === undefined ? null : typeof price === 'number' ? price : price.base;

/** USD for one call at the pinned price; null when the price or the usage is not known. */
export function costOf(
  model: Pick<PinnedModel, 'input_usd_per_mtok' | 'output_usd_per_mtok' | 'cached_usd_per_mtok'>,
  usage: Usage | null,
): number | null {
  const { input_usd_per_mtok, output_usd_per_mtok, cached_usd_per_mtok = input_usd_per_mtok } = model;
  if (usage === null || input_usd_per_mtok === null || output_usd_per_mtok === null || cached_usd_per_mtok === null) return null;
  const { input_tokens, output_tokens, cached_tokens = 0 } = usage;
  return (
    ((input_tokens - cached_tokens) * input_usd_per_mtok + cached_tokens * cached_usd_per_mtok + output_tokens * output_usd_per_mtok) / 1e6
  );
}
