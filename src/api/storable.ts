/** Deeper than people write, shallow enough for everything that walks the value after us. */
const deepest = 100;
const broken = (text: string): boolean => text.includes('\0') || /\p{Surrogate}/u.test(text);

/**
 * The first place in a JSON value that cannot be kept as it came: a NUL, half a surrogate pair, a number beyond all numbers (1e400 is read as
 * infinity and written as null), a tower of brackets, or a field `__proto__`, which some readers drop. Null: none.
 */
export function unstorable(value: unknown): { path: PropertyKey[]; why: string } | null {
  const waiting: { value: unknown; path: PropertyKey[] }[] = [{ value, path: [] }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path } = next;
    if (typeof next.value === 'string' && broken(next.value))
      return { path, why: 'has a character that is no text (NUL or half a surrogate pair)' };
    if (typeof next.value === 'number' && !Number.isFinite(next.value)) return { path, why: 'is a number too large to keep' };
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (path.length >= deepest) return { path: path.slice(0, 3), why: `is nested deeper than ${deepest} levels` };
    for (const [key, part] of Object.entries(next.value)) {
      if (broken(key)) return { path, why: 'has a name that is no text (NUL or half a surrogate pair)' };
      if (key === '__proto__') return { path: [...path, key], why: 'is no name for a field: call it something else' };
      waiting.push({ value: part, path: [...path, Array.isArray(next.value) ? Number(key) : key] });
    }
  }
  return null;
}
