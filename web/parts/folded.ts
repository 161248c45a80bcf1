/** Unchanged text this far from a change is left out. */
const near = 80;

export function folded(text: string, { first, last }: { first: boolean; last: boolean }): string {
  const before = first ? 0 : near;
  const after = last ? 0 : near;
  if (text.length <= before + after + 40) return text;
  // Cut where a word ends and begins; a script without spaces is cut where it falls.
  const head = text.slice(0, before).replace(/(?<=\s)\S{1,30}$/u, '');
  const tail = after === 0 ? '' : text.slice(-after).replace(/^\S{1,30}(?=\s)/u, '');
  return `${head.trimEnd()}${first ? '' : ' '}…${last ? '' : ' '}${tail.trimStart()}`;
}
