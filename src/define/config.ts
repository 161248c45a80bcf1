import { TrimtabError } from '../errors.ts';

/** A model by role. `provider`: `openai`, `anthropic`, or a name in `providers`. Prices in USD per million tokens override the table. */
export interface ModelConfig {
  provider: string;
  model: string;
  temperature?: number;
  max_output_tokens?: number;
  price?: { input: number; output: number };
}

/** An OpenAI-compatible endpoint beside the two built in. `key`: the name of the environment variable that holds the key. */
export interface ProviderConfig {
  base_url: string;
  key?: string;
}

/** `chains`: name -> folder (relative to the config file) with definition.ts, workflow.ts and prompts/. */
export interface TrimtabConfig {
  chains: Record<string, string>;
  models?: Record<string, ModelConfig>;
  providers?: Record<string, ProviderConfig>;
  /** Fill the demo shop at the first local start and hand in its tickets. */
  demo?: boolean;
  /** Feedback types beside rating, action, issue, correction and comment. */
  feedback?: readonly string[];
}

export function defineConfig(config: TrimtabConfig): TrimtabConfig {
  for (const name of Object.keys(config.chains)) {
    if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) throw new TrimtabError('config', `chain '${name}': use small letters, digits and dashes`);
  }
  return config;
}
