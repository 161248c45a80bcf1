import type { ProviderConfig } from '../define/config.ts';
import { createAnthropic } from './anthropic.ts';
import { noKeyFor } from './asking.ts';
import { createOpenAi } from './openai.ts';
import type { Provider } from './provider.ts';

export interface ProvidersOptions {
  env: Record<string, string | undefined>;
  /** OpenAI-compatible endpoints by name, from trimtab.config.ts. */
  providers: Readonly<Record<string, ProviderConfig>>;
  /** Where the demo model serves; null: it does not. */
  demoUrl?: string | null;
  fetch?: typeof fetch;
}

/**
 * Every provider by the name that models refer to: `openai`, `anthropic`, those of the config, and `demo` while it
 * serves. One without its key is there too: it answers `auth` and names the variable (C12), so that a run parks.
 */
export function createProviders(options: ProvidersOptions): Map<string, Provider> {
  const { demoUrl = null } = options;
  const env = Object.fromEntries(Object.entries(options.env).map(([name, value]) => [name, value?.trim()]));
  const reach = options.fetch ? { fetch: options.fetch } : {};
  const table = new Map<string, Provider>();
  const add = (provider: Provider): unknown => table.set(provider.name, provider);
  add(openAi(env, reach));
  const claudeKey = env['ANTHROPIC_API_KEY'];
  const claudeUrl = env['ANTHROPIC_BASE_URL'];
  add(
    claudeKey
      ? createAnthropic({ name: 'anthropic', api_key: claudeKey, ...(claudeUrl ? { base_url: claudeUrl } : {}), ...reach })
      : keyless('anthropic', 'ANTHROPIC_API_KEY'),
  );
  for (const [name, { base_url, key }] of Object.entries(options.providers)) {
    const value = key === undefined ? null : env[key] || undefined;
    add(value === undefined ? keyless(name, key as string) : createOpenAi({ name, api_key: value, base_url, ...reach }));
  }
  if (demoUrl !== null) add(createOpenAi({ name: 'demo', api_key: null, base_url: demoUrl, ...reach }));
  return table;
}

/** A base URL without a key is a server of one's own, which often wants none. */
function openAi(env: ProvidersOptions['env'], reach: { fetch?: typeof fetch }): Provider {
  const key = env['OPENAI_API_KEY'];
  const url = env['OPENAI_BASE_URL'];
  if (!key && !url) return keyless('openai', 'OPENAI_API_KEY');
  return createOpenAi({ name: 'openai', api_key: key || null, ...(url ? { base_url: url } : {}), ...reach });
}

const keyless = (name: string, variable: string): Provider => ({ name, complete: async () => noKeyFor(name, variable) });
