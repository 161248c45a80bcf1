import type { Passage } from '../shapes/passage.ts';

const isPassage = (value: object): value is Passage =>
  typeof (value as Passage).id === 'string' &&
  typeof (value as Passage).source === 'string' &&
  typeof (value as Passage).text === 'string' &&
  typeof (value as Passage).title === 'string';

/** The evidence in a step's input: every passage anywhere in it, in the order it stands there, which is the order of the citations `[1]`, `[2]` … */
export function passagesIn(value: unknown): Passage[] {
  if (value === null || typeof value !== 'object') return [];
  if (!Array.isArray(value) && isPassage(value)) return [value];
  return Object.values(value).flatMap(passagesIn);
}

/** What tools found in one attempt, in the order in which its model was told: by turn, then by place in it (`tool/<turn>/<n>/…`). */
export function passagesOfCalls(calls: readonly { call: string; output: unknown }[]): Passage[] {
  const placeOf = (call: string): number[] => call.split('/').slice(1, 3).map(Number);
  return calls
    .filter(({ call }) => call.startsWith('tool/'))
    .map(({ call, output }) => ({ at: placeOf(call), output }))
    .toSorted((a, b) => (a.at[0] ?? 0) - (b.at[0] ?? 0) || (a.at[1] ?? 0) - (b.at[1] ?? 0))
    .flatMap(({ output }) => passagesIn(output));
}
