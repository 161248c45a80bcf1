import { random } from './random.ts';

/** Faults that leave most of a sentence as it was: what is said more or less strongly, left out, put beside it, or said twice. */
interface Made {
  text: string;
  before: string;
  after: string;
}
type Draw = () => number;

const numberWords = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const pick = <T>(list: readonly T[], draw: Draw): T | undefined => list[Math.floor(draw() * list.length)];
const found = (text: string, pattern: RegExp): RegExpExecArray[] => [...text.matchAll(pattern)];

function replace(text: string, pattern: RegExp, of: { draw: Draw; by: (match: RegExpExecArray) => string | undefined }): Made | null {
  const match = pick(found(text, pattern), of.draw);
  const after = match && of.by(match);
  return match && after !== undefined && after !== match[0]
    ? { text: text.slice(0, match.index) + after + text.slice(match.index + match[0].length), before: match[0], after }
    : null;
}

/** One more sentence with a citation that the reply has. */
function add(text: string, draw: Draw, sentences: readonly string[]): Made | null {
  const citation = pick(found(text, /\[\d+\]/g), draw)?.[0];
  const after = `${pick(sentences, draw)} ${citation}.`;
  return citation ? { text: `${text.trimEnd()} ${after}`, before: '', after } : null;
}

function swapCitations(text: string, draw: Draw): Made | null {
  const all = [...new Set(found(text, /\[(\d+)\]/g).map((match) => match[0]))];
  const one = pick(all, draw);
  const other = pick(
    all.filter((each) => each !== one),
    draw,
  );
  if (!one || !other) return null;
  return { text: text.replace(/\[\d+\]/g, (each) => (each === one ? other : each === other ? one : each)), before: one, after: other };
}

const faults: Readonly<Record<string, (text: string, draw: Draw) => Made | null>> = {
  'citations swapped': swapCitations,
  'citation added': (text, draw) =>
    replace(text, /\[(\d+)\]/g, {
      draw,
      by: ([whole, n]) =>
        `${whole}[${pick(
          [1, 2, 3, 4, 5, 6].filter((one) => one !== Number(n)),
          draw,
        )}]`,
    }),
  'citation in another form': (text, draw) =>
    replace(text, /\[(\d+)\]/g, { draw, by: ([, n]) => pick([`(${n})`, `[doc ${n}]`, `[^${n}]`, `【${n}】`, `(source ${n})`], draw) }),
  'number as a wrong word': (text, draw) =>
    replace(text, /(?<![\d.,$€£/-])\b([2-9]|1[0-2])\b(?= (?:business |calendar |more )?\p{L})(?! ?[ap]m)/gu, {
      draw,
      by: ([n]) => numberWords[(Number(n) % 12) + 1],
    }),
  'percent to points': (text, draw) => replace(text, /(\d+(?:\.\d+)?)\s?%/g, { draw, by: ([, n]) => `${n} points` }),
  'decimal moved': (text, draw) =>
    replace(text, /\d+\.\d*[1-9]\d*/g, { draw, by: ([n]) => String(Number((Number(n) * 10).toPrecision(8))) }),
  'code with digits transposed': (text, draw) =>
    replace(text, /\b[A-Za-z]+(?:[_-][A-Za-z]+)*[_-]?\d{3,}\b/g, { draw, by: ([code]) => code.replace(/(\d)(\d)$/, '$2$1') }),
  'contracted negation': (text, draw) =>
    replace(text, /\b(?:can|is|are|do|does|should|must)\b(?! not|n't)/g, {
      draw,
      by: ([verb]) => (verb === 'can' ? "can't" : `${verb}n't`),
    }),
  'never, no longer': (text, draw) =>
    replace(text, /\b(?:can|will|must|may|is|are)\b(?! (?:not|never|no)\b)/g, {
      draw,
      by: ([verb]) => `${verb} ${pick(['never', 'no longer'], draw)}`,
    }),
  'may to must': (text, draw) => replace(text, /\b(?:may|can|could)\b(?! not)/g, { draw, by: () => 'must' }),
  'must to may': (text, draw) => replace(text, /\b(?:must|have to|has to|need to|needs to)\b(?! not)/g, { draw, by: () => 'may' }),
  'limit left out': (text, draw) =>
    replace(text, /\b(?:up to|at least|at most|more than|less than|only|usually|typically|generally) /g, { draw, by: () => '' }),
  'all for some': (text, draw) => replace(text, /\b(?:some|most|many|certain|selected)\b/g, { draw, by: () => 'all' }),
  'always added': (text, draw) =>
    replace(text, /\b(?:can|will|may|is|are)\b(?! (?:not|always|never))/g, { draw, by: ([verb]) => `${verb} always` }),
  'you for we': (text, draw) =>
    replace(text, /\b(?:we|you)\b(?= (?:can|will|must|may|pay|need|have|charge|receive|send)\b)/gi, {
      draw,
      by: ([who]) => ({ we: 'you', We: 'You', you: 'we' })[who] ?? 'We',
    }),
  'condition dropped': (text, draw) =>
    replace(
      text,
      /,? (?:if|unless|provided|as long as|only when|within \d+ (?:business )?days|after \d+ (?:business )?days) ?[^.,;[\]]*(?=[.,; ]*\[)/g,
      { draw, by: () => '' },
    ),
  'deadline added': (text, draw) => replace(text, / ?\[\d+\]/g, { draw, by: ([citation]) => ` within 24 hours${citation}` }),
  'aside added': (text, draw) =>
    replace(text, / ?\[\d+\]/g, { draw, by: ([citation]) => ` (this is covered by our insurance)${citation}` }),
  'clause added': (text, draw) =>
    replace(text, / ?\[\d+\]/g, { draw, by: ([citation]) => `, and the supervisor approves it overnight${citation}` }),
  'phone number invented': (text, draw) =>
    add(text, draw, ['You can also reach us at +1 (800) 555-0199', 'Call 1-888-555-0123 to speak with an agent']),
  'person invented': (text, draw) => add(text, draw, ['Ask for Martin Keller at the desk', 'Your advisor Dana Whitfield can confirm this']),
  'quote invented': (text, draw) =>
    add(text, draw, [
      'Our policy says: "No customer is ever charged twice for this"',
      'As the guide puts it, "speed matters more than paperwork"',
    ]),
  'refund promised': (text, draw) =>
    add(text, draw, [
      'We will refund the full amount to you',
      'The charge will be taken off your next statement',
      'We are going to reverse this payment for you',
    ]),
  'sentence in German': (text, draw) =>
    add(text, draw, ['Sie erhalten dafür eine Gutschrift von uns', 'Das gilt auch für Konten im Ausland']),
  'claim behind thanks': (text) => ({
    text: `Thank you for your patience while we moved your account to the premium tier. ${text}`,
    before: '',
    after: 'Thank you',
  }),
  'claim as lead-in': (text) => ({
    text: `Your account has been closed by our security team:\n\n${text}`,
    before: '',
    after: 'Your account',
  }),
  'sentence repeated': (text, draw) => {
    const again = pick(found(text, /[A-Z"“][^.!?\n]{20,}?\[\d+\][.!?]/g), draw)?.[0];
    return again ? { text: `${text.trimEnd()} ${again}`, before: '', after: again } : null;
  },
  'ten times as long': (text) => ({ text: Array.from({ length: 10 }, (_, n) => `${n}: ${text}`).join('\n\n'), before: '', after: '' }),
};

export const kinds = Object.keys(faults);

export function mutate(text: string, kind: string, seed: number): (Made & { kind: string }) | null {
  const made = faults[kind]?.(text, random(seed * 7_919 + kind.length));
  return made && made.text !== text ? { ...made, kind } : null;
}
