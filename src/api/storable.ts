/** Deeper than people write, shallow enough for everything that walks the value after us. */
const deepest = 100;
const broken = (text: string): boolean => text.includes('\0') || /\p{Surrogate}/u.test(text);

/** The first place in a JSON value that Postgres cannot keep: a NUL, half a surrogate pair, or a tower of brackets. Null: none. */
export function unstorable(value: unknown): { path: PropertyKey[]; why: string } | null {
  const waiting: { value: unknown; path: PropertyKey[] }[] = [{ value, path: [] }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path } = next;
    if (typeof next.value === 'string' && broken(next.value))
      return { path, why: 'has a character that is no text (NUL or half a surrogate pair)' };
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (path.length >= deepest) return { path: path.slice(0, 3), why: `is nested deeper than ${deepest} levels` };
    for (const [key, part] of Object.entries(next.value)) {
      if (broken(key)) return { path, why: 'has a name that is no text (NUL or half a surrogate pair)' };
      waiting.push({ value: part, path: [...path, Array.isArray(next.value) ? Number(key) : key] });
    }
  }
  return null;
}
