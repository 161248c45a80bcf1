const greeting =
  /^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte[rs]?|bonjour|hola|buen[oa]s|olá|bom dia)\b/iu;
const closing =
  /^(?:(?:kind|best|warm) (?:regards|wishes)|yours|sincerely|cheers|mit freundlichen|viele grüße|freundliche grüße|beste grüße|cordialement|saludos|un saludo|atenciosamente)(?![\p{L}])/iu;

/** Starts of clauses that thank, regret, offer help or ask for something. */
const courtesy = new RegExp(
  String.raw`^(?:(?:please|and|so|then|just|also|if you (?:have|need|would like|want|wish|are)\b[^,]*|if (?:anything|something|this|that|there)\b[^,]*),?\s+)*(?:` +
    String.raw`(?:i(?:'m| am)|we(?:'re| are)) (?:(?:very|so|really|truly|always|also) )?(?:sorry|happy to|glad to|here to|pleased to)|(?:my|our) apologies|apologies|i apologi[sz]e|we apologi[sz]e|sorry (?:for|about|to)|` +
    String.raw`(?:i|we) (?:completely |fully |really )?(?:understand|appreciate|hope|see that you|know how)|thanks?(?: you)?(?: (?:so|very) much)? (?:for|again)|thank you|many thanks|thanks|` +
    String.raw`(?:i|we)(?:'re| are|'m| am)? (?:look|check|review|investigat|work|sort|verif|clarif|wait)\w*|(?:let (?:us|me) know|feel free|do(?:n't| not) hesitate|reply|reach out|get in touch|contact (?:us|me)(?=[.!]?$| (?:if|with|for (?:any|more|further)|again|any ?time|at any time))|write (?:to us|again|back)|get back|here (?:is|are) (?:what|how|the)|(?:hope )?(?:this|that) helps(?=[.!]?$)|hope (?:this|that)|happy to help|glad to help|enjoy|good luck|all the best|take care|see you|welcome|have an? (?:nice|great|good|lovely))|` +
    String.raw`(?:es )?tut (?:mir|uns)|entschuldig|melden sie sich|schreiben sie (?:uns|mir)|antworten sie|(?:ich|wir) (?:hoffe|verstehe|bedauere|freue)|(?:bitte )?(?:haben sie (?:noch|weitere)|zögern sie)|gern(?:e)? helfe|(?:vielen |herzlichen )?dank\b|danke\b|bitte (?:schreiben|melden|antworten)|viel (?:spaß|erfolg|freude)|gute reise|(?:einen )?schönen|alles gute|` +
    String.raw`(?:je suis|nous sommes) désolé|désolé|n'hésitez|j'espère|merci\b|lo siento|siento (?:las|mucho)|lamentamos|no dude|espero que|escríba|gracias\b|obrigad|desculp)`,
  'iu',
);

/** Somebody honest says that the answer is not known, or that a person will look. Only of the writer, the team or the documents. */
const honest = new RegExp(
  [
    String.raw`\b(?:i|we|the (?:documents|passages|information|articles|sources?|search results)(?: (?:i|we) have)?)\b[^.]{0,40}?\b(?:cannot|can't|can not|could not|couldn't|(?:am|are|is|was|were) (?:not able|unable)|do(?:es)? not|don't|doesn't|did not|didn't|have no|has no)\b[^.]{0,30}?\b(?:tell|answer|say|find|found|confirm|know|see|cover|mention|contain|have|include|information|address|show|state|specify|access)\b`,
    String.raw`\b(?:not|nothing) (?:about (?:this|that|it) )?(?:in|covered by|mentioned in|part of|answered by) (?:the|our|my) (?:documents|information|passages|sources|material)`,
    String.raw`\b(?:a|one of our|my|our) (?:colleagues?|members? of (?:our |the )?(?:staff|team)|team|someone from (?:the|our) team) (?:will|can|is going to) (?:look|check|get back|review|answer|reply|take a look|follow up|be in touch|write)\b`,
    String.raw`\bsomeone from (?:the|our) team will (?:look|check|get back|review|answer|reply|follow up|be in touch|write)\b`,
    String.raw`\b(?:ich|wir|den dokumenten|die dokumente|diese informationen|dazu|das)\b[^.]{0,60}?\b(?:nicht|keine?n?)\b[^.]{0,40}?(?:beantworten|sagen|finden|bestätigen|angaben|information|auskunft|vor\b)`,
    String.raw`\b(?:ein kollege|eine kollegin|jemand aus (?:dem|unserem) team|unser team)\b[^.]{0,30}?\b(?:sieht|prüft|meldet|schaut|kümmert|schreibt|wird)\b`,
    String.raw`\b(?:je|nous) ne (?:peux|pouvons|trouve|trouvons|sais|savons) pas\b|\bun(?:e)? collègue va\b|\bno (?:puedo|podemos|encuentro|encontramos)\b|\bun(?:a)? compañer[oa] (?:\p{L}+ )?(?:revisará|responderá|mirará)`,
  ].join('|'),
  'iu',
);

/** Where one clause ends and another may claim something. */
const clause =
  /\s*[;–—]\s*|,?\s+(?:but|however|although|because|since|aber|jedoch|weil|mais|pero)\s+|\s+(?:while|after|now that)\s+(?=(?:we|i|our|your|the)\b)|,\s+(?:and|so|und|et|y)\s+/iu;
/** A lead-in that tells what was done: `Your account has been closed as follows:`. */
const doneTo =
  /\b(?:your|this|the)\b[^:]{0,40}\b(?:has|have|was|were|is now|are now) (?:(?:already|now|just|also) )?(?:been )?\p{L}+ed\b/iu;
const wordsIn = (text: string): number => text.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length;
/** Money, a share, or a thing done: courtesy does not speak of these. */
const telling = /\d|[$€£%]|\b(?:refund(?:ed)?|credit(?:ed)?|waive[ds]?|compensat\w+|free of charge|guarantee[ds]?|escalated|approved)\b/i;

function clauseClaims(text: string): boolean {
  if (wordsIn(text) < 3) return /\d/.test(text);
  if (honest.test(text)) return false;
  return !(courtesy.test(text) && !telling.test(text));
}

/** Greetings, closings, questions, plain lead-ins, courtesy and an honest "I cannot tell" claim nothing that a source could support. */
export function isClaim(sentence: string): boolean {
  const text = sentence
    .replace(/^(?:[-*•>#\s]|\d{1,2}[.)]\s)+/, '')
    .replace(/\*\*|__|`/g, '')
    .trim();
  if (/\?["'”»)]?$/.test(text)) return false;
  if (text.endsWith(':')) return doneTo.test(text);
  if (wordsIn(text) < 3) return /\d/.test(text);
  if ((greeting.test(text) || closing.test(text)) && (wordsIn(text) < 9 || /[,!]$/.test(text)) && !telling.test(text)) return false;
  return text
    .split(clause)
    .filter((part) => part !== '')
    .some(clauseClaims);
}
