import { TrimtabError } from '../errors.ts';
import { callTimeout, type Duration } from './duration.ts';
import type { AccountLimits } from '../shapes/limit.ts';

/**
 * A model by role. `provider`: `openai`, `anthropic`, or a name in `providers`. Prices in USD per million tokens override the tables.
 * `api`: OpenAI's wire format (default: Responses at OpenAI, Chat Completions elsewhere). `structured`: whether an answer's form is
 * asked for as a JSON schema (the default) or in words. `timeout`: for a slow model; a call may last and be silent so long, where the
 * step's timeout, the minute of a critic and the minute without a byte are shorter.
 */
export interface ModelConfig {
  provider: string;
  model: string;
  api?: 'chat' | 'responses';
  structured?: 'schema' | 'text';
  temperature?: number;
  max_output_tokens?: number;
  timeout?: Duration;
  price?: ModelPrice;
}

/** USD per million tokens. `cached`: of input that the provider had in its cache; default: as input. */
export interface ModelPrice {
  input: number;
  output: number;
  cached?: number;
}

/**
 * An endpoint beside the two built in. `key`: the name of the environment variable that holds the key. `speaks`: whose protocol,
 * default OpenAI's: a name of `src/providers/registry.ts`; `api`: which of its two wire formats, default Chat Completions.
 */
export interface ProviderConfig {
  base_url: string;
  key?: string;
  speaks?: 'openai' | 'anthropic' | (string & {});
  api?: 'chat' | 'responses';
}

/**
 * A tool server that speaks MCP: at an address, or as a program that is started for each call. `token`, `env`: names of variables.
 * `tools`: the hash of its list of tools, as `trimtab mcp NAME` prints it; a list with another hash stops the step.
 */
export type McpServerConfig =
  | { url: string; token?: string; tools?: string }
  | { command: string; args?: readonly string[]; env?: readonly string[]; tools?: string };

/** `chains`: name -> folder (relative to the config file) with definition.ts, workflow.ts and prompts/. */
export interface TrimtabConfig {
  chains: Record<string, string>;
  models?: Record<string, ModelConfig>;
  providers?: Record<string, ProviderConfig>;
  mcp?: Record<string, McpServerConfig>;
  /** Prices by `provider/model`, for models that the price table does not know or prices otherwise. */
  prices?: Record<string, ModelPrice>;
  /** What all workers together may ask of a provider, by its name: `requests_per_minute`, `tokens_per_minute`, `concurrency`. */
  limits?: Record<string, AccountLimits>;
  /** Fill the demo shop at the first local start and hand its tickets to the chain `support-reply`, which `chains` must list. */
  demo?: boolean;
  /** Feedback types beside rating, action, issue, correction and comment. */
  feedback?: readonly string[];
}

export function defineConfig(config: TrimtabConfig): TrimtabConfig {
  for (const name of Object.keys(config.chains)) {
    if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) throw new TrimtabError('config', `chain '${name}': use small letters, digits and dashes`);
  }
  for (const [role, { timeout }] of Object.entries(config.models ?? {}))
    if (timeout !== undefined) callTimeout(timeout, `models.${role}.timeout`);
  const prices = [
    ...Object.entries(config.prices ?? {}).map(([name, price]) => [`prices['${name}']`, price] as const),
    ...Object.entries(config.models ?? {}).flatMap(([role, { price }]) => (price ? [[`models.${role}.price`, price] as const] : [])),
  ];
  for (const [name, price] of prices) {
    if (![price.input, price.output, price.cached ?? 0].every((usd) => Number.isFinite(usd) && usd >= 0))
      throw new TrimtabError('config', `${name}: give input and output in USD per million tokens`);
  }
  for (const [account, limits] of Object.entries(config.limits ?? {})) {
    if (!Object.values(limits).every((most: unknown) => Number.isInteger(most) && (most as number) > 0))
      throw new TrimtabError('config', `limits.${account}: give whole numbers above zero`);
  }
  return config;
}
