/** Slips between two words: letters added, left out, changed, or two neighbours swapped (optimal string alignment). */
export function slips(left: string, right: string): number {
  const a = [...left];
  const b = [...right];
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(change, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** The candidate that the word was most likely meant to be: one slip, or two in a word of eight letters. The commoner one on a tie. */
export function closest<T extends { term: string; passages: number }>(word: string, candidates: readonly T[]): T | null {
  const allowed = [...word].length >= 8 ? 2 : 1;
  const near = candidates.map((candidate) => ({ candidate, far: slips(word, candidate.term) })).filter(({ far }) => far <= allowed);
  near.sort((a, b) => a.far - b.far || b.candidate.passages - a.candidate.passages);
  return near[0]?.candidate ?? null;
}
