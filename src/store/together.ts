/** Group commit: `most` items in one write, `lanes` writes under way at once. */
export interface TogetherOptions {
  most: number;
  lanes: number;
}

interface Asked<T, R> {
  item: T;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/**
 * Items that come in one turn of the event loop, or while all lanes are busy, go in one write; nothing waits for a timer. `write` answers
 * each item in its order. A write of several that fails is done again item by item: one's trouble is not the others'.
 */
export function together<T, R>(
  write: (items: readonly T[]) => Promise<readonly R[]>,
  { most, lanes }: TogetherOptions,
): (item: T) => Promise<R> {
  const waiting: Asked<T, R>[] = [];
  let underWay = 0;
  let looking = false;

  const writeAll = async (group: readonly Asked<T, R>[]): Promise<void> => {
    try {
      const results = await write(group.map(({ item }) => item));
      group.forEach(({ resolve }, n) => resolve(results[n] as R));
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else await Promise.all(group.map((one) => writeAll([one])));
    }
  };
  const look = (): void => {
    looking = false;
    while (underWay < lanes && waiting.length > 0) {
      underWay += 1;
      void writeAll(waiting.splice(0, most)).then(() => {
        underWay -= 1;
        look();
      });
    }
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (looking || underWay >= lanes) return;
      looking = true;
      setImmediate(look);
    });
}
