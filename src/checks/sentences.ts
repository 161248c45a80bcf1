/** A sentence of a reply with the citations that follow or stand in it. `claim`: it states something that a source must support. */
export interface Sentence { text: string; cited: number[]; claim: boolean }

/** Abbreviations and numbers whose full stop ends no sentence. */
const guard = /\b(?:e\.g|i\.e|z\.B|d\.h|bzw|ca|approx|no|nr|st|mr|mrs|ms|dr|vs|etc|inkl|incl|max|min|Std|Tel)\.$|\b\d{1,2}\.$/i;

/** Split a Markdown reply into sentences; a citation after the full stop belongs to the sentence before it. */
export function sentencesOf(text: string): Sentence[] {
  const found: string[] = [];
  for (const line of text.split(/\n+/)) {
    let open = '';
    for (const part of line.split(/(?<=[.!?…](?:["'”»)]|\*\*)?)\s+/u)) {
      if (/^(?:\[\d+\][\s,;.]*)+$/.test(part) && open === '' && found.length > 0) found[found.length - 1] += ` ${part}`;
      else open = open === '' ? part : `${open} ${part}`;
      if (guard.test(open.trim()) && part !== '') continue;
      if (open.trim() !== '') found.push(open.trim());
      open = '';
    }
    if (open.trim() !== '') found.push(open.trim());
  }
  return found.flatMap(splitLeadingCitation).map((sentence) => ({ text: sentence, cited: citationsIn(sentence), claim: isClaim(sentence) }));
}

/** `… 30 days. [2] The label …` was split before `[2]`: give it to the sentence before. */
function splitLeadingCitation(sentence: string, index: number, all: string[]): string[] {
  const lead = /^(?:\[\d+\][\s,;.]*)+/.exec(sentence)?.[0] ?? '';
  if (lead !== '' && index > 0) {
    all[index - 1] += ` ${lead.trim()}`;
    const rest = sentence.slice(lead.length).trim();
    return rest === '' ? [] : [rest];
  }
  const next = /^(?:\[\d+\][\s,;.]*)+/.exec(all[index + 1] ?? '')?.[0]?.trim();
  return [next === undefined ? sentence : `${sentence} ${next}`];
}

export const citationsIn = (text: string): number[] => [...text.matchAll(/\[(\d{1,3})\]/g)].map(([, n]) => Number(n));
export const withoutCitations = (text: string): string => text.replace(/\s*\[\d{1,3}\]/g, '').trim();

const greeting = /^(?:hi|hello|dear|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte|bonjour|hola|buen[oa]s|olá|bom dia)\b/i;
const closing = /^(?:kind|best|warm) regards|^(?:yours|sincerely|cheers|thanks|thank you|many thanks|mit freundlichen|viele grüße|freundliche grüße|beste grüße|danke|vielen dank|cordialement|merci|saludos|gracias|un saludo|atenciosamente|obrigad)/i;
const courtesy = /\b(?:sorry|apologi[sz]e|i understand|we understand|let (?:us|me) know|feel free|happy to help|glad to help|please (?:reply|contact us|get in touch|write)|here is what|hope (?:this|that) helps|thank(?:s| you) for|tut (?:uns|mir) leid|entschuldig|melden sie sich|schreiben sie uns|hoffe|freuen uns|haben sie (?:noch|weitere)|gern(?:e)? (?:weiter|helfen)|danke für|désolé|n'hésitez pas|j'espère|lo siento|siento las|lamentamos|no dude|espero que|escríbanos|write (?:to us )?again|hope)\b/i;
const honest = /\b(?:(?:can(?:not|'t)|could not|couldn't|unable to|do(?:es)? not|don't) (?:\w+ ){0,4}?(?:tell|answer|say|find|confirm|know|see|cover|mention|contain|have (?:that|this|the) information|include)|colleague|(?:member of (?:our )?(?:staff|team)|someone from the team) will|jemand aus dem team|not (?:in|covered by) (?:the|our) (?:documents|information)|(?:nicht|keine) (?:\w+ ){0,6}?(?:beantworten|sagen|finden|bestätigen|angaben|informationen)|kolleg|ne (?:peux|pouvons|trouve|trouvons) pas|collègue|no (?:puedo|podemos|encuentro)|compañer|colega)\b/i;

/** Greetings, closings, questions, courtesy and honest "I cannot tell" claim nothing that a source could support. */
function isClaim(sentence: string): boolean {
  const text = withoutCitations(sentence).replace(/^[-*•\d.)\s#>]+/, '').replace(/[*_`]/g, '').trim();
  if (text.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length < 3) return /\d/.test(text);
  if (/\?$/.test(text) || /:$/.test(text)) return false;
  return !greeting.test(text) && !closing.test(text) && !(courtesy.test(text) && !/\d/.test(text)) && !honest.test(text);
}
