import type { Services } from '../src/define/source.ts';
import type { LoadedChain } from '../src/define/loaded-chain.ts';
import type { Limiter } from '../src/providers/limiter.ts';
import type { Provider } from '../src/providers/provider.ts';
import type { Prompt } from '../src/prompts/prompt.ts';
import type { Ledger } from '../src/store/ledger.ts';

/** What the hands work with. Everything that touches the world comes in here. */
export interface HandsDependencies {
  ledger: Ledger;
  chains: ReadonlyMap<string, LoadedChain>;
  providers: ReadonlyMap<string, Provider>;
  /** Absent: no account is limited. */
  limiter?: Limiter;
  /** A prompt version that the build does not have any more: from the records. Null: nowhere. */
  storedPrompt(name: string, version: string): Promise<Prompt | null>;
  services: Services;
}

/** How a call is stopped, and how it says that it is alive. */
export interface CallContext {
  signal: AbortSignal;
  progress(): void;
}
