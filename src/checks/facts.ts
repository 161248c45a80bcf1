/** A checkable detail of a text: what kind it is, how it is written, and a form in which equal things are equal. */
export interface Fact { kind: string; text: string; key: string }

const words: Record<string, number> = {
  one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, eleven: 11, twelve: 12, fourteen: 14, fifteen: 15, twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, ninety: 90,
  ein: 1, eine: 1, einen: 1, einem: 1, einer: 1, zwei: 2, drei: 3, vier: 4, fünf: 5, sechs: 6, sieben: 7, acht: 8, neun: 9, zehn: 10, elf: 11, zwölf: 12, vierzehn: 14, fünfzehn: 15, zwanzig: 20, dreißig: 30,
};
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const germanMonths: Record<string, number> = { mär: 3, mai: 5, okt: 10, dez: 12 };
const units: [string, RegExp][] = [
  ['hour', /^(?:hours?|hrs?|h|stunden?)$/i], ['minute', /^(?:minutes?|mins?|minuten?)$/i], ['second', /^(?:seconds?|secs?|sekunden?)$/i], ['day', /^(?:days?|tagen?|tage)$/i], ['week', /^(?:weeks?|wochen?)$/i],
  ['month', /^(?:months?|monaten?|monate)$/i], ['year', /^(?:years?|jahren?|jahre)$/i], ['time', /^times$/i], ['account', /^accounts?$/i], ['card', /^cards?$/i], ['item', /^items?$/i], ['point', /^points?$/i],
  ['gram', /^(?:g|grams?|gramm)$/i], ['kilogram', /^(?:kg|kilos?|kilograms?)$/i], ['litre', /^(?:l|lit(?:re|er)s?)$/i], ['millilitre', /^(?:ml|millilit(?:re|er)s?)$/i], ['degree', /^(?:°c|degrees?|grad)$/i], ['bar', /^bar$/i], ['watt', /^(?:w|watts?)$/i],
];
const unitWord = 'hours?|hrs?|stunden?|minutes?|mins?|minuten?|seconds?|sekunden?|days?|tagen?|tage|weeks?|wochen?|months?|monaten?|monate|years?|jahren?|jahre|times|accounts?|cards?|items?|points?|grams?|gramm|kg|ml|lit(?:re|er)s?|°c|degrees?|grad|bar|watts?';
const monthWord = 'jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?';

/** `1.000,00`, `1,000.00` and `1000` are one number. */
function numberOf(text: string): number {
  const plain = text.replace(/[\s'’]/g, '');
  const decimal = /[.,](\d{1,2})$/.exec(plain);
  const whole = (decimal ? plain.slice(0, decimal.index) : plain).replace(/[.,]/g, '');
  return Number(decimal ? `${whole}.${decimal[1]}` : whole);
}
const valueOf = (text: string): number => words[text.toLowerCase()] ?? numberOf(text);

function monthOf(text: string): number {
  const head = text.toLowerCase().slice(0, 3);
  return germanMonths[head] ?? months.indexOf(head) + 1;
}
const dateKey = (year: string | undefined, month: number, day: number): string => `${month}-${day}`;
const currencies: Record<string, string> = { $: 'usd', usd: 'usd', '€': 'eur', eur: 'eur', euro: 'eur', euros: 'eur', '£': 'gbp', gbp: 'gbp', chf: 'chf', sek: 'sek', nok: 'nok', dkk: 'dkk', pln: 'pln' };
const number = String.raw`\d{1,3}(?:[ ,.'’]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?`;

interface Rule { kind: string; pattern: RegExp; key(match: RegExpExecArray | RegExpMatchArray): string | null }
const rules: Rule[] = [
  { kind: 'URL', pattern: /\b(?:https?:\/\/|www\.)[^\s<>"')\]]+/gi, key: ([text]) => text.toLowerCase().replace(/^https?:\/\//, '').replace(/[.,;/]+$/, '') },
  { kind: 'e-mail address', pattern: /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/gi, key: ([text]) => text.toLowerCase() },
  { kind: 'order number', pattern: /\b[A-Z]{1,5}-?\d{3,}(?:-\d+)*\b/g, key: ([text]) => text.replaceAll('-', '') },
  { kind: 'date', pattern: /\b(\d{4})-(\d{2})-(\d{2})\b/g, key: ([, y, m, d]) => dateKey(y, Number(m), Number(d)) },
  { kind: 'date', pattern: /\b(\d{1,2})\.(\d{1,2})\.(\d{4})?\b/g, key: ([, d, m, y]) => (Number(m) > 12 ? null : dateKey(y, Number(m), Number(d))) },
  { kind: 'date', pattern: new RegExp(String.raw`\b(\d{1,2})\.?(?:st|nd|rd|th)?(?: of)? (${monthWord})\b\.?(?:,? (\d{4}))?`, 'gi'), key: ([, d, m, y]) => dateKey(y, monthOf(m ?? ''), Number(d)) },
  { kind: 'date', pattern: new RegExp(String.raw`\b(${monthWord})\.? (\d{1,2})(?:st|nd|rd|th)?\b(?:,? (\d{4}))?`, 'gi'), key: ([, m, d, y]) => dateKey(y, monthOf(m ?? ''), Number(d)) },
  { kind: 'phone number', pattern: /(?<![\w-])\+?\d[\d ()/-]{7,}\d\b/g, key: ([text]) => text.replace(/\D/g, '') },
  { kind: 'percentage', pattern: new RegExp(String.raw`(${number})\s?(?:%|percent\b|per cent\b|prozent\b)`, 'gi'), key: ([, n]) => String(numberOf(n ?? '')) },
  { kind: 'amount', pattern: new RegExp(String.raw`([$€£]|\b(?:USD|EUR|GBP|CHF|SEK|NOK|DKK|PLN))\s?(${number})`, 'g'), key: ([, c, n]) => `${currencies[(c ?? '').toLowerCase()]} ${numberOf(n ?? '')}` },
  { kind: 'amount', pattern: new RegExp(String.raw`(${number})\s?(€|£|\$|(?:USD|EUR|GBP|CHF|SEK|NOK|DKK|PLN|euros?)\b)`, 'gi'), key: ([, n, c]) => `${currencies[(c ?? '').toLowerCase()]} ${numberOf(n ?? '')}` },
  {
    kind: 'count', pattern: new RegExp(String.raw`\b(${number}|${Object.keys(words).join('|')})(?:[ -](?:to|bis|and|–|-)[ ](?:${number}))?[ -](?:(?:business|working|calendar|full|more|further|werk)[ -]?)?(${unitWord})\b`, 'giu'),
    key: ([, n, unit]) => `${valueOf(n ?? '')} ${units.find(([, pattern]) => pattern.test(unit ?? ''))?.[0] ?? unit}`,
  },
  { kind: 'number', pattern: new RegExp(String.raw`(?<![\w.,-])(${number})(?![\w%])`, 'g'), key: ([, n]) => String(numberOf(n ?? '')) },
];

/** Every amount, date, percentage, e-mail, URL, phone and order number, count and other number; a place counts once, under its most telling kind. */
export function factsIn(text: string): Fact[] {
  const taken: [number, number][] = [];
  const facts: Fact[] = [];
  for (const { kind, pattern, key } of rules) {
    for (const match of text.matchAll(pattern)) {
      const [from, to] = [match.index, match.index + match[0].length];
      if (taken.some(([start, end]) => from < end && to > start)) continue;
      const found = key(match);
      if (found === null) continue;
      taken.push([from, to]);
      facts.push({ kind, text: match[0].trim(), key: found });
    }
  }
  return facts;
}
