import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPlaces } from '../../activities/in-place/places.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('gives no more places than there are, in one gathering and in all', () => {
  const all = createPlaces(3);
  const [one, other] = [createPlaces(2, all), createPlaces(2, all)];
  const givesBack = [one.take(), one.take()];
  expect([one.free(), other.free()]).toEqual([0, 1]);
  givesBack[0]?.();
  givesBack[0]?.();
  expect([one.free(), other.free(), all.free()]).toEqual([1, 2, 2]);
});

it('does not let runs whose provider stands still keep their places', () => {
  const all = createPlaces(2);
  const places = createPlaces(2, all);
  const giveBack = places.take();
  places.take();
  vi.advanceTimersByTime(19_000);
  expect(places.free()).toBe(0);
  vi.advanceTimersByTime(1_000);
  expect([places.free(), all.free()]).toEqual([2, 2]);
  giveBack();
  expect([places.free(), all.free()]).toEqual([2, 2]);
});
