/** Words of which one cannot stand for the other. A set lists the sides; a side is a pattern. */
const sets: readonly (readonly RegExp[])[] = [
  [
    /\bat least\b|\bminimum\b|\bmindestens\b|\bno less than\b/i,
    /\bat most\b|\bmaximum\b|\bup to\b|\bno more than\b|\bhöchstens\b|\bbis zu\b|\bmaximal\b/i,
  ],
  [/\bbefore\b|\bprior to\b/i, /\bafter\b|\bfollowing\b/i],
  [/\bmore\b|\bhigher\b|\bgreater\b|\bexceed\w*\b/i, /\bless\b|\bfewer\b|\blower\b/i],
  [/\babove\b/i, /\bbelow\b|\bunder\b/i],
  [/\bincreas\w+|\brais(?:e|es|ed|ing)\b/i, /\bdecreas\w+|\breduc\w+|\blower(?:s|ed|ing)\b/i],
  [/\balways\b/i, /\bnever\b|\bsometimes\b|\brarely\b/i],
  [/\bwith\b(?! (?:respect|regard))/i, /\bwithout\b/i],
  [/\bincluded\b|\bincludes\b|\bincluding\b|\benthalten\b/i, /\bexcluded\b|\bexcludes\b|\bexcluding\b|\bexcept\b/i],
  [/\beligible\b/i, /\bineligible\b/i],
  [/\bavailable\b/i, /\bunavailable\b/i],
  [/\bpossible\b/i, /\bimpossible\b/i],
  [/\bopened\b/i, /\bunopened\b/i],
  [/\bused\b/i, /\bunused\b/i],
  [/\bauthori[sz]ed\b/i, /\bunauthori[sz]ed\b/i],
  [/\blimited\b/i, /\bunlimited\b/i],
  [/\bsecured\b/i, /\bunsecured\b/i],
  [/\bverified\b/i, /\bunverified\b/i],
  [/\block(?:ed|s)?\b/i, /\bunlock(?:ed|s)?\b/i],
  [/\b(?:is|are|be) required\b|\bmandatory\b|\bobligatory\b/i, /\boptional\b|\bvoluntary\b/i],
  [
    /\bdaily\b|\bper day\b|\btäglich\b/i,
    /\bweekly\b|\bper week\b|\bwöchentlich\b/i,
    /\bmonthly\b|\bper month\b|\bmonatlich\b/i,
    /\bquarterly\b|\bper quarter\b/i,
    /\byearly\b|\bannual(?:ly)?\b|\bper (?:year|annum)\b|\bjährlich\b/i,
  ],
  [/\bbusiness days?\b|\bworking days?\b|\bwerktage?\b/i, /\bcalendar days?\b/i],
  [/\bincoming\b/i, /\boutgoing\b/i],
  [/\bdomestic\b/i, /\binternational\b|\bforeign\b|\boverseas\b/i],
  [/\bdeposits?\b/i, /\bwithdrawals?\b/i],
  [/\bcredit cards?\b/i, /\bdebit cards?\b/i],
  [/\bchecking\b/i, /\bsavings\b/i],
  [/\bpersonal\b/i, /\bbusiness (?:account|check|saving|card|customer)\w*/i],
  [/\bprimary\b/i, /\bsecondary\b/i],
  [/\bfixed\b/i, /\bvariable\b/i],
  [/\bfirst\b/i, /\blast\b/i],
  [/\bfree\b|\bno (?:charge|fee|cost)\b|\bkostenlos\b/i, /\bfor a fee\b|\bsubject to a fee\b|\bfor a charge\b/i],
  [/\b(?:everything|everyone|everybody|all|alles|alle)\b/i, /\b(?:nothing|nobody|none|nichts|niemand)\b/i],
  [/\bapprov\w+/i, /\bden(?:y|ied|ies)\b|\breject\w*|\bdeclin\w+/i],
  [/\baccept\w*/i, /\brefus\w+|\breject\w*/i],
  [/\bmorning\b/i, /\bafternoon\b/i, /\bevening\b/i],
  [/\bbuyer\b/i, /\bseller\b/i],
  [/\bsender\b/i, /\brecipient\b/i],
  [/\bonline\b/i, /\bin (?:store|branch|person)\b/i],
  [/\bopen(?:s|ed|ing)?\b/i, /\bclos(?:e|es|ed|ing)\b/i],
  [/\bactive\b/i, /\binactive\b/i],
  [/\bpermanent(?:ly)?\b/i, /\btemporar(?:y|ily)\b/i],
  [/\bimmediately\b|\binstantly\b/i, /\beventually\b|\blater\b/i],
  [/\bmust\b|\bhas to\b|\bhave to\b/i, /\bmay\b|\boptionally\b/i],
];

/** Where the reply says one word and the source only its opposite. Null: nowhere. */
export function oppositeIn(said: string, source: string): { said: string; source: string } | null {
  for (const sides of sets) {
    for (const side of sides) {
      const here = side.exec(said);
      if (!here || side.test(source)) continue;
      const there = sides
        .filter((other) => other !== side && !other.test(said))
        .map((other) => other.exec(source))
        .find((found) => found !== null);
      if (there) return { said: here[0], source: there[0] };
    }
  }
  return null;
}
