import { expect, it } from 'vitest';
import { together } from '../../src/store/together.ts';

/** A writer that keeps what it was given, and ends a write when it is told to. */
function heldWriter() {
  const groups: number[][] = [];
  const ends: (() => void)[] = [];
  const write = async (items: readonly number[]): Promise<string[]> => {
    groups.push([...items]);
    await new Promise<void>((resolve) => ends.push(resolve));
    return items.map((item) => `written ${item}`);
  };
  return { groups, write, end: () => ends.shift()?.() };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('writes together what comes in one turn, and what comes while all lanes are busy', async () => {
  const { groups, write, end } = heldWriter();
  const put = together(write, { most: 3, lanes: 1 });
  const first = [put(1), put(2)];
  await turn();
  const later = [3, 4, 5, 6].map((item) => put(item));
  await turn();
  expect(groups).toEqual([[1, 2]]);
  end();
  expect(await Promise.all(first)).toEqual(['written 1', 'written 2']);
  await turn();
  expect(groups).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
  end();
  await turn();
  end();
  expect(await Promise.all(later)).toEqual([3, 4, 5, 6].map((item) => `written ${item}`));
});

it('opens a second lane for what comes while the first is busy', async () => {
  const { groups, write, end } = heldWriter();
  const put = together(write, { most: 3, lanes: 2 });
  const both = [put(1)];
  await turn();
  both.push(put(2));
  await turn();
  expect(groups).toEqual([[1], [2]]);
  end();
  end();
  await Promise.all(both);
});

it('writes a group that fails item by item, and lets the one to blame fail alone', async () => {
  const put = together(
    async (items: readonly number[]) => {
      if (items.includes(2)) throw new Error('two');
      return items.map((item) => item * 10);
    },
    { most: 10, lanes: 1 },
  );
  expect(await Promise.allSettled([1, 2, 3].map((item) => put(item)))).toEqual([
    { status: 'fulfilled', value: 10 },
    { status: 'rejected', reason: new Error('two') },
    { status: 'fulfilled', value: 30 },
  ]);
});
