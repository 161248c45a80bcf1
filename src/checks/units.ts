/** What a number counts. `factor` turns hours, days and weeks into minutes, years into months, so that 24 hours are a day. */
export interface Unit {
  name: string;
  factor: number;
}

const days = { name: 'minute', factor: 1_440 };
const table: readonly (readonly [RegExp, Unit])[] = [
  [/^(?:seconds?|secs?|sekunden?|secondes?|segundos?)$/, { name: 'minute', factor: 1 / 60 }],
  [/^(?:minutes?|mins?|minuten?|minutos?)$/, { name: 'minute', factor: 1 }],
  [/^(?:hours?|hrs?|h|stunden?|std|heures?|horas?)$/, { name: 'minute', factor: 60 }],
  [/^(?:days?|nights?|tage?n?|jours?|d[ií]as?)$/, days],
  [/^(?:weeks?|wochen?|semaines?|semanas?)$/, { name: 'minute', factor: 10_080 }],
  [/^(?:werktage?n?|arbeitstage?n?)$/, { name: 'business day', factor: 1 }],
  [/^(?:months?|monate?n?|mois|mes|meses)$/, { name: 'month', factor: 1 }],
  [/^(?:quarters?|quartale?n?)$/, { name: 'month', factor: 3 }],
  [/^(?:years?|yrs?|jahre?n?|ans?|années?|años?)$/, { name: 'month', factor: 12 }],
  [/^(?:times|x|mal|fois|veces)$/, { name: 'time', factor: 1 }],
  [/^(?:accounts?|konten|kontos?)$/, { name: 'account', factor: 1 }],
  [/^(?:cards?|karten?)$/, { name: 'card', factor: 1 }],
  [/^(?:points?|punkte?n?)$/, { name: 'point', factor: 1 }],
  [/^(?:g|grams?|gramm)$/, { name: 'gram', factor: 1 }],
  [/^(?:kg|kilos?|kilograms?|kilogramm)$/, { name: 'gram', factor: 1_000 }],
  [/^(?:ml|millilit(?:re|er)s?)$/, { name: 'millilitre', factor: 1 }],
  [/^(?:l|lit(?:re|er)s?)$/, { name: 'millilitre', factor: 1_000 }],
  [/^(?:mm|millimet(?:re|er)s?)$/, { name: 'millimetre', factor: 1 }],
  [/^(?:cm|centimet(?:re|er)s?|zentimeter)$/, { name: 'millimetre', factor: 10 }],
  [/^(?:m|met(?:re|er)s?)$/, { name: 'millimetre', factor: 1_000 }],
  [/^(?:km|kilomet(?:re|er)s?)$/, { name: 'millimetre', factor: 1_000_000 }],
  [/^(?:miles?|meilen?)$/, { name: 'mile', factor: 1 }],
  [/^(?:°c|°|degrees?|grad)$/, { name: 'degree', factor: 1 }],
  [/^(?:bar)$/, { name: 'bar', factor: 1 }],
  [/^(?:w|watts?)$/, { name: 'watt', factor: 1 }],
  [/^(?:v|volts?)$/, { name: 'volt', factor: 1 }],
  [/^(?:percent|prozent|pct)$/, { name: '%', factor: 1 }],
];

const currencies: Readonly<Record<string, string>> = {
  $: 'usd',
  usd: 'usd',
  dollar: 'usd',
  dollars: 'usd',
  '€': 'eur',
  eur: 'eur',
  euro: 'eur',
  euros: 'eur',
  '£': 'gbp',
  gbp: 'gbp',
  pounds: 'gbp',
  chf: 'chf',
  sek: 'sek',
  nok: 'nok',
  dkk: 'dkk',
  pln: 'pln',
  cad: 'cad',
  aud: 'aud',
  jpy: 'jpy',
  '¥': 'jpy',
};

export const currencyOf = (sign: string): Unit | null => {
  const name = currencies[sign.toLowerCase()];
  return name === undefined ? null : { name, factor: 1 };
};

/** Words that end the look for a unit: what follows belongs to something else. */
const ends = new Set(
  'of in for and or to per from on at with by as is are was will can must may when if after before the a an your our each every until than that which und oder für pro im in von mit ab bis der die das nach'.split(
    ' ',
  ),
);
const business = /^(?:business|working|banking|bank)$/;

/** The unit in the words after a number: at most three words on, none across punctuation. Null: it counts nothing that is known. */
export function unitAfter(text: string): Unit | 'other' | null {
  if (/^\s?%|^\s?per\s?cent\b/i.test(text)) return { name: '%', factor: 1 };
  const sign = /^\s?([$€£¥]|[A-Za-z]+\b)/.exec(text)?.[1];
  const currency = sign === undefined ? null : currencyOf(sign);
  if (currency) return currency;
  let isBusiness = false;
  let rest = text;
  for (let word = 0; word < 3; word += 1) {
    const next = /^[\s-]?\s?(°c\b|°|[\p{L}]+)/iu.exec(rest);
    if (!next || (word > 0 && !/^[\s-]/.test(rest))) break;
    const name = (next[1] ?? '').toLowerCase();
    if (ends.has(name)) return word === 0 ? null : 'other';
    isBusiness ||= business.test(name);
    const unit = table.find(([pattern]) => pattern.test(name))?.[1];
    if (unit) return isBusiness && unit === days ? { name: 'business day', factor: 1 } : unit;
    rest = rest.slice(next[0].length);
  }
  return rest === text ? null : 'other';
}
