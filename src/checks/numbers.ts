/**
 * A number as it is written. Where a form has two readings (`1.000` is a thousand in German, one in English) both are
 * given: an honest reply is not rejected for a reading that nobody meant.
 */
export function readings(text: string): number[] {
  const plain = text.replace(/[\s'’\u00a0\u202f]/g, '');
  const marks = plain.replace(/\d/g, '');
  const asDecimal = (mark: string): number => Number(plain.replaceAll(mark === ',' ? '.' : ',', '').replace(mark, '.'));
  const whole = (): number => Number(plain.replace(/[.,]/g, ''));
  if (marks === '') return [Number(plain)];
  const last = marks.at(-1) ?? '';
  if (marks.length > 1) return [...marks].every((mark) => mark === last) ? [whole()] : [asDecimal(last)];
  const [head = '', tail = ''] = plain.split(last);
  if (tail.length !== 3 || head.startsWith('0') || head.length > 3) return [asDecimal(last)];
  return [whole(), asDecimal(last)];
}

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const german =
  'null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn'.split(
    ' ',
  );

const words: Readonly<Record<string, number>> = Object.fromEntries([
  ...small.map((word, index) => [word, index] as const),
  ...tens.flatMap((word, index) => [
    [word, (index + 2) * 10] as const,
    ...small.slice(1, 10).map((unit, extra) => [`${word}-${unit}`, (index + 2) * 10 + extra + 1] as const),
  ]),
  ...german.map((word, index) => [word, index] as const),
  ['eine', 1],
  ['einen', 1],
  ['einem', 1],
  ['einer', 1],
  ['eines', 1],
  ['zwanzig', 20],
  ['dreißig', 30],
  ['vierzig', 40],
  ['fünfzig', 50],
  ['sechzig', 60],
  ['siebzig', 70],
  ['achtzig', 80],
  ['neunzig', 90],
  ['hundred', 100],
  ['hundert', 100],
  ['thousand', 1000],
  ['tausend', 1000],
]);

const longestFirst = Object.keys(words).toSorted((a, b) => b.length - a.length);

/** A number in figures: `1,000.00`, `1.000,00`, `1 000`, `0.025`. */
export const figures = String.raw`\d{1,3}(?:[ ,.'’\u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,]\d+)?`;
/** A number in words, English or German. */
export const numberWords = longestFirst.join('|');

/** What a number in figures or words may mean. */
export const valuesOf = (text: string): number[] => {
  const word = words[text.toLowerCase().replace(/\s/, '-')];
  return word === undefined ? readings(text) : [word];
};
