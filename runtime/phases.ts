import pc from 'picocolors';

/** Prints one line a phase, with its seconds. */
export interface Phases {
  run<T>(name: string, work: () => Promise<T>, detail?: (value: T) => string): Promise<T>;
  total(): string;
}

export function createPhases(print: (line: string) => void = console.log): Phases {
  const begun = performance.now();
  const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
  return {
    async run(name, work, detail) {
      const since = performance.now();
      try {
        const value = await work();
        print(`${pc.green('✓')} ${name.padEnd(12)} ${seconds(since).padStart(7)}  ${pc.dim(detail?.(value) ?? '')}`);
        return value;
      } catch (error) {
        print(`${pc.red('✗')} ${name.padEnd(12)} ${seconds(since).padStart(7)}`);
        throw error;
      }
    },
    total: () => seconds(begun),
  };
}
