import { answers, asksOf, Evidence, factsOf, surely, usually, type Ask, type Fact, type Scored } from './evidence.ts';
import { givesUp, languageOf, phrases, type Language } from './phrases.ts';
import type { ReadPrompt } from './read-prompt.ts';
import { sentencesOf } from './words.ts';

/** A reply in Markdown, the passages it cites, and whether it says that it cannot answer. */
export interface Written {
  text: string;
  cited: number[];
  abstained: boolean;
}

const most = 4;
const mentionsOrder =
  /\b(?:orders?|ordered|parcel|package|tracking|delivered|arrived|bestell\p{L}*|sendung|paket|commande|colis|pedido|paquete|[A-Z]{2}-\d{4,})\b/iu;
const angry =
  /!!|\b(?:joke|wasted|unacceptable|disappoint\w*|angry|furious|terrible|awful|frechheit|unverschämt|enttäuscht|inacceptable|inaceptable)\b/i;

/** A fact as a sentence of a reply: `Delivery costs €4.95 [2].` */
export function cite(fact: Pick<Fact, 'text' | 'n'>): string {
  const [, body = fact.text, end = '.'] = /^(.*?)([.!?]?)$/s.exec(fact.text) ?? [];
  return `${body.trimEnd()} [${fact.n}]${end || '.'}`;
}

/** Write a reply out of the passages. Of two writings of the same prompt there is no difference. */
export function write(prompt: ReadPrompt): Written {
  const language = languageOf(`${prompt.subject} ${prompt.ask}`);
  const all = factsOf(prompt.passages);
  const wanted = critiqueOf(prompt, language);
  // A question that was answered beside the point more than once, and is asked afresh, is left open.
  const open = wanted.disputed || keepsSilent(prompt) || (wanted.beside && prompt.previous === null && prompt.kind === 'question');
  const chosen = choose(prompt, open ? [] : all.filter(wanted.allows), { language, least: wanted.beside ? surely : usually });
  const paragraphs = chosen.paragraphs.map((facts) => facts.slice(0, wanted.short ? 1 : most)).slice(0, wanted.short ? 2 : most);
  const written = compose(prompt, { paragraphs, open: chosen.open, language });
  const same = prompt.previous?.includes(JSON.stringify(written.text).slice(1, -1)) ?? false;
  if (!same || chosen.paragraphs.length === 0 || wanted.keeps) return written;
  // The same words again would be rejected again: say less.
  const fewer = paragraphs.length > 1 ? paragraphs.slice(0, -1) : paragraphs.map((facts) => facts.slice(0, Math.max(1, facts.length - 1)));
  return compose(prompt, { paragraphs: fewer, open: false, language });
}

/** How rules and critics say that a reply is about something else. */
const besideTheQuestion = /\bnot about what was asked\b|\b(?:does not|doesn't) answer\b/i;

/** It had said that it cannot tell, and nobody says that it could: only what stood beside that has to go. */
const keepsSilent = ({ kind, previous, critique }: ReadPrompt): boolean =>
  kind === 'question' && sentencesOf(previous ?? '').some(givesUp) && !/\banswers the question\b/i.test(critique ?? '');

/** How a rule says that no passage can be believed. */
const disputed = /\bthe sources disagree\b/i;

/** It is told that a passage does not say what it wrote. What it copied from that passage it stands by: the critic was wrong. */
const doubted = /^- .*\bpassages?\b.*\b(?:does|do) not (?:clearly )?say\b.*$/gm;
/** Only the form was wrong: a cut, or no JSON. */
const onlyForm = (critique: string): boolean => /^- schema: /m.test(critique) && !/^- (?!schema: )/m.test(critique);

/** `keeps`: nothing speaks against saying the same words again. */
interface Wanted {
  allows: (fact: Fact) => boolean;
  short: boolean;
  beside: boolean;
  disputed: boolean;
  keeps: boolean;
}

/** What a critique leaves of the facts. A quoted sentence that was cited and rejected all the same is not said again. */
function critiqueOf(prompt: ReadPrompt, language: Language): Wanted {
  const { critique, previous } = prompt;
  if (critique === null || onlyForm(critique))
    return { allows: () => true, short: false, beside: false, disputed: false, keeps: critique !== null };
  // A passage that is named as nearer is quoted to be used.
  const quotes = [
    ...critique
      .replace(doubted, '')
      .replace(/\bis nearer to it: "[^"]*"/g, '')
      .matchAll(/["“„«`'‘]([^"“”„«»`]{8,}?)["”“»`'’]|<(?:quote|at)>([\s\S]*?)<\//g),
  ]
    .map(([, a, b]) => bare(a ?? b ?? ''))
    .filter((quote) => quote.length >= 6);
  const said = bare(previous ?? '');
  const beside = besideTheQuestion.test(critique);
  const otherLanguage = /\blanguage\b|sprache/i.test(critique);
  return {
    beside,
    disputed: disputed.test(critique),
    keeps: critique.search(doubted) >= 0,
    short: /too long|shorter|at most \d+ (?:characters|words)/i.test(critique),
    allows(fact) {
      if (otherLanguage && fact.language !== language) return false;
      const sentence = bare(fact.text);
      const again = said.includes(bare(cite(fact)));
      // What answers nothing is left out as a whole; a fresh start knows it by the quote alone.
      if (beside && again) return false;
      return (!again && !beside) || !quotes.some((quote) => sentence.includes(uncited(quote)) || uncited(quote).includes(sentence));
    },
  };
}

const bare = (text: string): string =>
  text
    .replace(/\\[nt"]/g, ' ')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}[\]€$%]+/gu, ' ')
    .trim();
const uncited = (text: string): string =>
  text
    .replace(/\s*\[\d+\]\s*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** What a person asked for in words of their own is one more thing to answer. */
const wished = (prompt: ReadPrompt): Ask[] => {
  const said = /^A person who read it says: (.+)$/m.exec(prompt.critique ?? '')?.[1];
  return said === undefined ? [] : asksOf({ subject: '', ask: said });
};

interface Choice {
  paragraphs: Fact[][];
  /** A question is left open. */ open: boolean;
}

function choose(prompt: ReadPrompt, facts: Fact[], { language, least }: { language: Language; least: number }): Choice {
  const evidence = new Evidence(facts);
  const asks = [...asksOf(prompt), ...wished(prompt)];
  const taken = new Set<Fact>();
  const paragraphs: Fact[][] = [];
  let open = false;
  for (const ask of asks) {
    const ranked = evidence.rank(ask, language);
    const best = ranked[0];
    if (!best || !answers(evidence, ask, { best, least })) {
      open ||= asks.length > 1 && ask.words >= 3 && (best?.coverage ?? 0) < 0.2;
      continue;
    }
    const group = together(ask, {
      ranked: ranked.filter(({ fact }) => !taken.has(fact)),
      best,
      evidence,
      most: asks.length === 1 ? 3 : 2,
    }).toSorted((a, b) => facts.indexOf(a) - facts.indexOf(b));
    const room = most - taken.size;
    for (const fact of group.slice(0, room)) taken.add(fact);
    if (group.length > 0 && room > 0) paragraphs.push(group.slice(0, room));
  }
  if (paragraphs.length > 0 && prompt.kind === 'ticket') addOrder(prompt, { facts, taken, paragraphs });
  return { paragraphs, open };
}

/** The best fact, and those beside it that hold words of the ask which it lacks: nearly as good, or under the same heading when the heading is what was asked. */
function together(ask: Ask, from: { ranked: Scored[]; best: Scored; evidence: Evidence; most: number }): Fact[] {
  const { ranked, best, evidence } = from;
  const group: Fact[] = [];
  const said = new Set<string>();
  for (const { fact, score, coverage, headed } of ranked) {
    if (group.length === from.most) break;
    const near = headed && best.headed && fact.n === best.fact.n ? 0.4 : 0.7;
    const fresh = evidence.sharedTerms(ask, fact).filter((term) => !said.has(term));
    if (group.length > 0 && (coverage < 0.45 || score < best.score * near || fresh.length === 0)) continue;
    group.push(fact);
    for (const term of fresh) said.add(term);
  }
  return group;
}

/** A ticket that speaks of an order gets the state of the order that was looked up first. */
function addOrder(prompt: ReadPrompt, to: { facts: Fact[]; taken: Set<Fact>; paragraphs: Fact[][] }): void {
  const orders = to.facts.filter((fact) => fact.order);
  if (!mentionsOrder.test(`${prompt.subject} ${prompt.ask}`) || [...to.taken].some((fact) => fact.order)) return;
  const state = orders.find(
    (fact) => fact.n === orders[0]?.n && /\b(?:delivered|shipped|expected|left|refunded|cancelled|back-order|status)\b/.test(fact.text),
  );
  if (state) to.paragraphs.push([state]);
}

function compose(prompt: ReadPrompt, from: Choice & { language: Language }): Written {
  const said = phrases[from.language];
  const facts = from.paragraphs.flat();
  const ticket = prompt.kind === 'ticket';
  const cited = [...new Set(facts.map((fact) => fact.n))].toSorted((a, b) => a - b);
  if (facts.length === 0) {
    if (prompt.kind === 'none' && prompt.passages.length === 0)
      return { text: sentencesOf(prompt.ask.replace(/\s+/g, ' ')).slice(0, 2).join(' ') || said.nothing, cited, abstained: false };
    return { text: ticket ? [said.greeting, said.nothingForTicket].join('\n\n') : said.nothing, cited, abstained: true };
  }
  const body = from.paragraphs.map((group) => group.map(cite).join(' '));
  if (!ticket) return { text: body.join(' '), cited, abstained: false };
  const sorry = angry.test(prompt.ask) ? [said.sorry] : [];
  return {
    text: [said.greeting, ...sorry, ...body, ...(from.open ? [said.partly] : []), said.closing].join('\n\n'),
    cited,
    abstained: false,
  };
}
