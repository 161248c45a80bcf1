import type { ProviderConfig } from '../define/config.ts';
import { TrimtabError } from '../errors.ts';
import { createAnthropic } from './anthropic.ts';
import { noKeyFor } from './asking.ts';
import { createOpenAi } from './openai.ts';
import type { MakeProvider, Provider } from './provider.ts';

export interface ProvidersOptions {
  env: Record<string, string | undefined>;
  /** Endpoints by name, from trimtab.config.ts. */
  providers: Readonly<Record<string, ProviderConfig>>;
  /** Where the demo model serves; null: it does not. */
  demoUrl?: string | null;
  fetch?: typeof fetch;
}

interface Kind {
  make: MakeProvider;
  key: string;
  url: string;
}

/** What is spoken, how it is made, and where its key and its address are looked for. A new provider is its file and a line here. */
const kinds: Readonly<Record<string, Kind>> = {
  openai: { make: createOpenAi, key: 'OPENAI_API_KEY', url: 'OPENAI_BASE_URL' },
  anthropic: { make: createAnthropic, key: 'ANTHROPIC_API_KEY', url: 'ANTHROPIC_BASE_URL' },
};

/**
 * Every provider by the name that models refer to: those above, those of the config, and `demo` while it serves. One without
 * its key is there too: it answers `auth` and names the variable (C12), so that a run parks. Throws `config` for a protocol that nobody here speaks.
 */
export function createProviders(options: ProvidersOptions): Map<string, Provider> {
  const { demoUrl = null } = options;
  const env = (name: string): string | undefined => options.env[name]?.trim() || undefined;
  const reach = options.fetch ? { fetch: options.fetch } : {};
  const table = new Map<string, Provider>();
  for (const [name, { make, key, url }] of Object.entries(kinds)) {
    const base_url = env(url);
    const api_key = env(key);
    // A base URL without a key is a server of one's own, which often wants none.
    table.set(
      name,
      api_key || base_url ? make({ name, api_key: api_key ?? null, ...(base_url ? { base_url } : {}), ...reach }) : keyless(name, key),
    );
  }
  for (const [name, { base_url, key, speaks = 'openai', api }] of Object.entries(options.providers)) {
    const { make } = kindOf(name, speaks);
    const api_key = key === undefined ? null : env(key);
    table.set(
      name,
      api_key === undefined ? keyless(name, key as string) : make({ name, api_key, base_url, ...(api ? { api } : {}), ...reach }),
    );
  }
  if (demoUrl !== null) table.set('demo', createOpenAi({ name: 'demo', api_key: null, base_url: demoUrl, ...reach }));
  return table;
}

function kindOf(name: string, speaks: string): Kind {
  const kind = Object.hasOwn(kinds, speaks) ? kinds[speaks] : undefined;
  if (!kind)
    throw new TrimtabError(
      'config',
      `providers.${name}: nobody here speaks '${speaks}'; speaks is one of ${Object.keys(kinds).join(', ')}`,
    );
  return kind;
}

const keyless = (name: string, variable: string): Provider => ({ name, complete: async () => noKeyFor(name, variable) });
