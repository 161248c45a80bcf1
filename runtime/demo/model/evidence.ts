import { languageOf, type Language } from './phrases.ts';
import type { ReadPrompt, ShownPassage } from './read-prompt.ts';
import { nearWord, sentencesOf, termsOf } from './words.ts';

/** One sentence of a passage that can be quoted. `around`: words of its title and heading, `heading`: of the nearest one. */
export interface Fact {
  text: string;
  n: number;
  order: boolean;
  language: Language;
  terms: Set<string>;
  around: Set<string>;
  heading: Set<string>;
}

/**
 * One thing that is asked. `own`: its words, with those of the subject line where it has few; `words`: how many it had by
 * itself; `wider`: the rest of the text, which says what "it" is.
 */
export interface Ask {
  text: string;
  own: Set<string>;
  words: number;
  wider: Set<string>;
}

/** `headed`: the heading above the fact is what was asked. */
export interface Scored {
  fact: Fact;
  score: number;
  coverage: number;
  headed: boolean;
}

/** The passages as sentences. Headings are context, a line that ends in a colon only leads in. */
export function factsOf(passages: readonly ShownPassage[]): Fact[] {
  return passages.flatMap((passage) => {
    let heading = passage.title;
    const facts: Fact[] = [];
    for (const line of passage.text.split('\n')) {
      const title = /^\s*#{1,6}\s+(.*)/.exec(line)?.[1];
      if (title !== undefined) heading = title;
      else
        facts.push(
          ...sentencesOf(line.replace(/^\s*(?:[-*•]|\d{1,2}[.)])\s+/, '').replaceAll('**', '')).flatMap((text) =>
            factOf(text, passage, heading),
          ),
        );
    }
    return facts;
  });
}

function factOf(text: string, passage: ShownPassage, heading: string): Fact[] {
  const terms = new Set(termsOf(text));
  // What cannot be quoted as one sentence is no fact: lead-ins, rows of a table, speech inside a sentence.
  if (terms.size < 2 || /^\||:$|[.!?]['"”’]$/.test(text) || text.length > 500 || sentencesOf(text.replace(/[.!?]$/, ' [1].')).length > 1)
    return [];
  return [
    {
      text,
      n: passage.n,
      order: passage.source === 'shop',
      language: languageOf(text),
      terms,
      around: new Set(termsOf(`${passage.title} ${heading}`)),
      heading: new Set(termsOf(heading.split(/: | › | > /).at(-1) ?? '')),
    },
  ];
}

const clauses =
  /(?:,?\s+(?:and|or|und|oder|et|ou|y|o)|,)\s+(?=(?:what|how|when|where|who|which|why|will|would|can|could|do|does|is|are|should|if|until|was|wie|wann|wo|kann|wird|ist|muss|quand|combien|comment|est-ce|cuándo|cuánto|cómo|puedo)\b)/i;

/** What a text asks: each question, cut at "and how …"; without any question the text as a whole. */
export function asksOf(prompt: Pick<ReadPrompt, 'subject' | 'ask'>): Ask[] {
  const whole = new Set(termsOf(`${prompt.subject} ${prompt.ask}`));
  const subject = termsOf(prompt.subject);
  const questions = sentencesOf(prompt.ask.replace(/\s+/g, ' '))
    .filter((sentence) => /\?["”')]*$/.test(sentence))
    // "Forget what you know and tell me: how long is it?" asks what stands behind the colon.
    .map((question) => question.split(/:\s+/).findLast((part) => termsOf(part).length >= 2) ?? question)
    .flatMap((question) => question.split(clauses));
  const asks = questions.flatMap((text) => {
    const own = new Set(termsOf(text));
    const words = own.size;
    // "Is that still possible?" asks about what the subject line names.
    if (own.size <= 3) for (const term of subject) own.add(term);
    return own.size < 2 ? [] : [{ text, own, words, wider: whole }];
  });
  if (asks.length > 0) return asks.slice(0, 4);
  return whole.size === 0 ? [] : [{ text: prompt.ask, own: whole, words: whole.size, wider: whole }];
}

const askedFor: [RegExp, RegExp][] = [
  [
    /\b(?:cost|price|fee|charge|how much|expensive|refund|kostet|kosten|preis|gebühr|abgezogen|combien|prix|cuánto|precio)/i,
    /[€$£]|\d\s?(?:%|EUR|USD|CHF)|\bfree\b|kostenlos|gratuit|gratis/i,
  ],
  [
    /\b(?:how long|when|until|how (?:many|often)|deadline|wann|wie lange|bis wann|quand|cuándo)/i,
    /\d.{0,20}\b(?:day|hour|week|month|year|minute|tag|stunde|woche|monat|jahr|werktag|jour|heure|mois|día|hora|mes)|\b\d{1,2} \p{Lu}\p{L}+ \d{4}|\bevery\b|\d:\d\d/iu,
  ],
];

/** What a word weighs that no passage has. Words that all passages have weigh half: they were found by them, so being common here is no sign of being empty. */
const rarest = 2.2;

/** Facts ranked by how much they share with what is asked; words that few facts have weigh more. */
export class Evidence {
  readonly facts: readonly Fact[];
  readonly #weights = new Map<string, number>();
  readonly #readings = new WeakMap<ReadonlySet<string>, Set<string>>();
  constructor(facts: readonly Fact[]) {
    this.facts = facts;
    const counts = new Map<string, number>();
    for (const fact of facts) for (const term of new Set([...fact.terms, ...fact.around])) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, count] of counts) this.#weights.set(term, Math.min(rarest, Math.log(2 + facts.length / count)));
  }

  /** Best first; ties in the order of the passages. `language` prefers sentences that the reader can read. */
  rank(ask: Ask, language: Language): Scored[] {
    const own = this.#spelled(ask.own);
    const wider = this.#spelled(ask.wider);
    const total = [...own].reduce((sum, term) => sum + this.#weight(term), 0);
    const bonus = askedFor.filter(([asked]) => asked.test(ask.text)).map(([, given]) => given);
    return this.facts
      .map((fact) => {
        let score = 0;
        let shared = 0;
        for (const term of wider) {
          const weight = this.#weight(term) * (own.has(term) ? 1 : 0.3);
          if (fact.terms.has(term)) score += weight;
          else if (fact.around.has(term)) score += weight * 0.5;
          if (own.has(term) && (fact.terms.has(term) || fact.around.has(term))) shared += this.#weight(term);
        }
        const headed = fact.heading.size > 1 && [...fact.heading].every((term) => own.has(term));
        const fits = (headed ? 1.6 : 1) * (bonus.some((given) => given.test(fact.text)) ? 1.3 : 1);
        return {
          fact,
          score: (score * fits * (fact.language === language ? 1.3 : 1)) / (1 + fact.terms.size / 60),
          coverage: total === 0 ? 0 : shared / total,
          headed,
        };
      })
      .toSorted((a, b) => b.score - a.score);
  }

  /** The share of what is asked, by weight, that these words have. */
  coverage(ask: Ask, terms: ReadonlySet<string>): number {
    const own = [...this.#spelled(ask.own)];
    const total = own.reduce((sum, term) => sum + this.#weight(term), 0);
    return total === 0 ? 1 : own.reduce((sum, term) => sum + (terms.has(term) ? this.#weight(term) : 0), 0) / total;
  }

  /** How many of the words asked for a fact has. */
  shared(ask: Ask, fact: Fact): number {
    return [...this.#spelled(ask.own)].filter((term) => fact.terms.has(term) || fact.around.has(term)).length;
  }

  /** The words asked for that a fact itself has. */
  sharedTerms(ask: Ask, fact: Fact): string[] {
    return [...this.#spelled(ask.own)].filter((term) => fact.terms.has(term));
  }

  #weight(term: string): number {
    return this.#weights.get(term) ?? rarest;
  }

  /** The words as the passages spell them. */
  #spelled(terms: ReadonlySet<string>): Set<string> {
    const known = this.#readings.get(terms);
    if (known) return known;
    const spelled = new Set(
      [...terms].map((term) =>
        this.#weights.has(term) || term.length < 4 || /\d/.test(term) ? term : (nearWord(term, this.#weights.keys()) ?? term),
      ),
    );
    this.#readings.set(terms, spelled);
    return spelled;
  }
}

/** How much of the weight of what was asked a fact holds that answers it: at first, and once somebody said that it does not. */
export const usually = 0.34;
export const surely = 0.5;

/** A fact answers an ask when it holds enough of the weight of what was asked, by more than one word where there is more. */
export const answers = (evidence: Evidence, ask: Ask, { best, least }: { best: Scored | undefined; least: number }): boolean =>
  best !== undefined && best.coverage >= least && evidence.shared(ask, best.fact) >= Math.min(2, ask.own.size);
