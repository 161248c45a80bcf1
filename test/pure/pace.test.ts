import { expect, it } from 'vitest';
import { createPace } from '../../runtime/pace.ts';
import type { Completion } from '../../src/providers/provider.ts';

const answer: Completion = { type: 'answer', text: '', usage: null, model: 'm' };
const trouble: Completion = { type: 'nothing', outcome: 'overloaded', message: '', retry_after_ms: null, text: null, usage: null };

/** A pace that has seen these answers, on a clock of its own. */
async function seen(answers: readonly { ms: number; completion?: Completion }[]) {
  let at = 0;
  let next = 0;
  const pace = createPace(() => at);
  const provider = {
    name: 'p',
    complete: async () => {
      const { ms, completion } = answers[next++] as (typeof answers)[number];
      at += ms;
      return completion ?? answer;
    },
  };
  const watched = pace.watch(new Map([['p', provider]])).get('p');
  for (const _ of answers) await watched?.complete({ model: 'm' } as never, {} as never);
  return pace.placeOf({ provider: 'p', model: 'm' });
}
const times = (count: number, ms: number, completion?: Completion) =>
  Array.from({ length: count }, () => ({ ms, ...(completion ? { completion } : {}) }));

it('a model that nobody has measured runs where it can be cancelled', async () => {
  expect(await seen([])).toBe('regular');
  expect(await seen(times(19, 5))).toBe('regular');
});

it('a model whose answers come within three seconds, 95 in 100, runs close by', async () => {
  expect(await seen(times(20, 2_999))).toBe('local');
  expect(await seen([...times(95, 100), ...times(5, 60_000)])).toBe('local');
  expect(await seen([...times(94, 100), ...times(6, 60_000)])).toBe('regular');
});

it('what failed at once is no measure', async () => {
  expect(await seen([...times(100, 1, trouble), ...times(19, 5)])).toBe('regular');
});

it('a model that answers nobody any more is slow before the first of its calls has ended', async () => {
  let at = 0;
  const pace = createPace(() => at);
  const ends: (() => void)[] = [];
  const hang = (): Promise<Completion> => new Promise((resolve) => ends.push(() => resolve(answer)));
  let hangs = false;
  const provider = { name: 'p', complete: () => (hangs ? hang() : Promise.resolve(answer)) };
  const watched = pace.watch(new Map([['p', provider]])).get('p');
  const call = () => watched?.complete({ model: 'm' } as never, {} as never);
  for (let n = 0; n < 200; n += 1) await call();
  hangs = true;
  const calls = Array.from({ length: 11 }, call);
  at = 2_999;
  expect(pace.placeOf({ provider: 'p', model: 'm' })).toBe('local');
  at = 3_000;
  expect(pace.placeOf({ provider: 'p', model: 'm' })).toBe('regular');
  at = 2_000;
  for (const end of ends) end();
  await Promise.all(calls);
  expect(pace.placeOf({ provider: 'p', model: 'm' })).toBe('local');
});

it('only the last two hundred answers count', async () => {
  expect(await seen([...times(100, 9_000), ...times(200, 10)])).toBe('local');
});
