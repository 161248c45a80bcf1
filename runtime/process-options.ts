import type { Provider } from '../src/providers/provider.ts';

/** What a process of ours is started with; tests start several in one process. `log` gets a line when it is up. */
export interface ProcessOptions {
  env?: Record<string, string | undefined>;
  configFile?: string;
  log?: (line: string) => void;
  /** Instead of those of the environment: for measuring without a wire. */
  providers?: ReadonlyMap<string, Provider>;
}
