/** A difference between what was expected and what came, each in words. */
export interface Difference {
  expected: string;
  got: string;
}

/** Where a value is not as expected: an object needs at least the expected members, a list as many items, in any order. Null: it fits. */
export function differenceOf(expected: unknown, got: unknown, at = ''): Difference | null {
  if (Array.isArray(expected)) return listDifference(expected, got, at);
  if (expected !== null && typeof expected === 'object') {
    if (got === null || typeof got !== 'object' || Array.isArray(got)) return differs(expected, got, at);
    for (const [name, value] of Object.entries(expected)) {
      const found = differenceOf(value, (got as Record<string, unknown>)[name], at === '' ? name : `${at}.${name}`);
      if (found !== null) return found;
    }
    return null;
  }
  return expected === got ? null : differs(expected, got, at);
}

function listDifference(expected: readonly unknown[], got: unknown, at: string): Difference | null {
  if (!Array.isArray(got)) return differs(expected, got, at);
  const fits = expected.map((one) => got.map((other) => differenceOf(one, other) === null));
  const alone = expected.findIndex((_, index) => !fits[index]?.includes(true));
  if (alone !== -1) return { expected: `${named(at)} to hold ${show(expected[alone])}`, got: show(got) };
  if (got.length !== expected.length || !pairsUp(fits))
    return { expected: `${named(at)} to hold ${expected.length === 0 ? 'nothing' : `just ${show(expected)}`}`, got: show(got) };
  return null;
}

/** Whether each expected item can have one of its own (Kuhn's augmenting paths). */
function pairsUp(fits: readonly boolean[][]): boolean {
  const owner = new Map<number, number>();
  const place = (item: number, tried: Set<number>): boolean =>
    (fits[item] ?? []).some((fit, other) => {
      if (!fit || tried.has(other)) return false;
      tried.add(other);
      const holder = owner.get(other);
      if (holder !== undefined && !place(holder, tried)) return false;
      owner.set(other, item);
      return true;
    });
  return fits.every((_, item) => place(item, new Set()));
}

const named = (at: string): string => (at === '' ? 'the answer' : at);
const differs = (expected: unknown, got: unknown, at: string): Difference => ({
  expected: `${named(at)} to be ${show(expected)}`,
  got: show(got),
});

const longest = 400;
/** A value for people, not longer than they read. */
export function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)} …` : text;
}
