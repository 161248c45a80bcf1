/** Words that say nothing about the subject, in the languages that the demo greets in. */
const stop = new Set(
  (
    'a about after again all also am an and any are as at be because been before being but by can could did do does doing done for from get got had has have having he her here hi hello dear ' +
    'him his how i if in into is it its just kind let like ll may me might more most much must my need next no nor not now of off on once one only or other our out over own please possible question questions really regards same she should so some ' +
    'still such tell than thank thanks that the their them then there these they thing this those through thx to too until up us use very want was way we were what when where whether which while who why will wish wishes with would yet you your ' +
    'aber als am auch auf aus bei bin bis das dass dem den der des die dies diese doch ein eine einem einen einer er es etwas frage fragen für geht gibt habe haben hallo hat ich ihr ihre im ist ja kann kein können mal man mein meine meiner mich mir mit möchte nach nicht noch nur oder schon sehr sein sich sie sind so um und uns von vor war was wann wenn wer wie wird wir wo zu zum zur ' +
    'au avec ce cette dans de des du elle en est et il je la le les leur lui ma mais me mes mon ne nous on ou où par pas plus pour que quel quelle qui sa se ses son sont sur tu un une vos votre vous y bonjour merci quand combien comment ' +
    'al como con cual cuando cuánto cuándo del desde donde el ella ellos en entre eso esta este hay hola la las lo los me mi mis muy no nos o para pero por puede puedo que qué se ser si sin sobre son su sus también te tengo tiene un una uno y ya gracias'
  )
    .split(' ')
    .map(plain),
);

/** Lower case without accents. */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Endings off until four letters remain: the same treatment for question and passage is what counts, not grammar. */
function stem(word: string): string {
  let root = word;
  for (let turn = 0; turn < 3; turn++) {
    const shorter = root.replace(/(?:ing|ed|ies|es|s|ern|en|er|em|ung|y|e|n)$/, '');
    if (shorter.length < 4 || shorter === root) break;
    root = shorter;
  }
  return root;
}

/** Words that customers use for what shops call otherwise. A model knows that they mean the same. */
const sameAs: readonly (readonly [RegExp, string])[] = [
  [/\b(?:cracked|smashed|shattered|dented|chipped|bent|broken (?:on arrival|in transit))\b/gi, 'damaged'],
  [/\b(?:arrived|came|delivered|was) broken\b/gi, 'arrived damaged'],
  [/\b(?:send|sending|sent|ship|give|bring|take) (?:it|them|this|that|these|everything|the \w+) back\b|\bsend(?:ing)? back\b/gi, 'return'],
  [/\b(?:i'm|i am|we're|we are|i get|we get) back\b/gi, ''],
  [/\bmoney back\b|\breimburse\w*/gi, 'refund'],
  [/\bguarantee\b/gi, 'warranty'],
  [/\bpostage\b/gi, 'delivery cost'],
  [/\b(?:vacations?|travelling|traveling|on holiday|go away)\b/gi, 'holidays'],
  [/\b(?:put on hold|suspend|hold)\b/gi, 'pause'],
];
/** A text in the words that shops use. */
export const inShopWords = (text: string): string => sameAs.reduce((rest, [said, meant]) => rest.replace(said, meant), text);

/** The words of a text that carry its subject, as stems, in order. */
export function termsOf(text: string): string[] {
  const words = inShopWords(plain(text)).match(/\d+(?:[.,]\d+)*|[\p{L}\p{N}]+/gu) ?? [];
  return words
    .filter((word) => !stop.has(word) && (word.length > 1 || /\d/.test(word)))
    .map((word) => (/\d/.test(word) ? word : stem(word)));
}

const abbreviation = /(?:\b(?:e\.g|i\.e|etc|approx|no|nr|dr|mr|mrs|ms|st|vs|ca|bzw|z\. ?b|p\. ?ej|art)|\b\p{L})\.$/iu;
const ordinalDate = /\b\d{1,2}\.$/;
const month = /^(?:jan|feb|mär|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec)/i;

/** Sentences of running text. Abbreviations and German dates do not end one. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  for (const piece of text.split(/(?<=[.!?…]["'”»)]?)\s+(?=[\p{Lu}\p{N}"'“„«¿¡([])/u)) {
    const last = sentences.at(-1);
    if (last !== undefined && (abbreviation.test(last) || (ordinalDate.test(last) && month.test(piece))))
      sentences[sentences.length - 1] = `${last} ${piece}`;
    else sentences.push(piece);
  }
  return sentences.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
}

/** At most one slip of the pen (two in a long word): a letter too many, missing, wrong, or two swapped. */
export function nearWord(word: string, words: Iterable<string>): string | null {
  const allowed = word.length >= 8 ? 2 : 1;
  let best: { word: string; distance: number } | null = null;
  for (const candidate of words) {
    if (candidate.length < 4 || Math.abs(candidate.length - word.length) > allowed || /\d/.test(candidate)) continue;
    const distance = slips(word, candidate);
    if (distance <= allowed && (best === null || distance < best.distance || (distance === best.distance && candidate < best.word)))
      best = { word: candidate, distance };
  }
  return best?.word ?? null;
}

function slips(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Infinity;
      (rows[i] as number[])[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1), swapped);
    }
  }
  return at(a.length, b.length);
}
