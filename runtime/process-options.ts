import type { Provider } from '../src/providers/provider.ts';

/** What a process of ours is started with; tests start several in one process. `log` gets a line when it is up. */
export interface ProcessOptions {
  env?: Record<string, string | undefined>;
  configFile?: string;
  log?: (line: string) => void;
  /**
   * Instead of those of the environment, for a worker. `npm run bench:engine` compares the engine with hand-written Temporal code on
   * answers that cost nothing: a server on a wire would be most of what it measures. Not in trimtab.config.ts, where every process
   * of a project could be given one that no record names.
   */
  providers?: ReadonlyMap<string, Provider>;
}
