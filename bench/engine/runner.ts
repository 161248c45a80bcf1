/** One contender in a process of its own: it runs chains when told, and says how long they took. */
export interface Round {
  chains: number;
  together: number;
  from: number;
}
export interface Took {
  seconds: number;
  /** Of each chain, in ms. */ each: number[];
}

/** Keep so many under way until all are done. */
export async function runAll({ chains, together, from }: Round, one: (question: string) => Promise<unknown>): Promise<Took> {
  const each: number[] = [];
  const began = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let n = next++; n < chains; n = next++) {
      const since = performance.now();
      await one(`What about parcel ${from + n}`);
      each.push(performance.now() - since);
    }
  };
  await Promise.all(Array.from({ length: together }, lane));
  return { seconds: (performance.now() - began) / 1000, each };
}

/** Serve rounds that the parent sends, until it leaves. */
export function serveRounds(one: (question: string) => Promise<unknown>): void {
  process.on('message', (round: Round) => {
    runAll(round, one).then(
      (took) => process.send?.(took),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.('ready');
}
