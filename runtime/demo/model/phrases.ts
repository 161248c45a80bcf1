import { termsOf } from './words.ts';

export type Language = 'en' | 'de' | 'fr' | 'es';

/** What a reply says beside its evidence. None of it states a fact. */
export interface Phrases {
  greeting: string;
  sorry: string;
  closing: string;
  nothing: string;
  nothingForTicket: string;
  partly: string;
}

export const phrases: Readonly<Record<Language, Phrases>> = {
  en: {
    greeting: 'Hello,',
    sorry: 'I am sorry for the trouble.',
    closing: 'I hope this helps. Please write again if anything is unclear.',
    nothing: 'I cannot answer that from the documents.',
    nothingForTicket: 'I cannot answer that from the documents I have. A colleague will look into it and write to you.',
    partly: 'I cannot answer your other question from the documents I have, so a colleague will look into it.',
  },
  de: {
    greeting: 'Guten Tag,',
    sorry: 'Es tut mir leid, dass Sie Ärger hatten.',
    closing: 'Ich hoffe, das hilft Ihnen. Bitte schreiben Sie uns wieder, wenn etwas unklar ist.',
    nothing: 'Das kann ich aus den Dokumenten nicht beantworten.',
    nothingForTicket:
      'Das kann ich aus den Dokumenten, die mir vorliegen, nicht beantworten. Jemand aus dem Team sieht sich Ihre Frage an und schreibt Ihnen.',
    partly: 'Ihre andere Frage kann ich aus den Dokumenten nicht beantworten, jemand aus dem Team sieht sie sich an.',
  },
  fr: {
    greeting: 'Bonjour,',
    sorry: 'Je suis désolé pour ce désagrément.',
    closing: "J'espère que cela vous aide. N'hésitez pas à nous écrire si quelque chose n'est pas clair.",
    nothing: 'Je ne peux pas répondre à cette question à partir des documents.',
    nothingForTicket:
      'Je ne peux pas répondre à cette question à partir des documents dont je dispose. Un collègue va regarder votre demande et vous écrire.',
    partly: 'Je ne peux pas répondre à votre autre question à partir des documents, un collègue va la regarder.',
  },
  es: {
    greeting: 'Hola:',
    sorry: 'Siento las molestias.',
    closing: 'Espero que esto le ayude. Escríbanos de nuevo si algo no está claro.',
    nothing: 'No puedo responder a eso con los documentos.',
    nothingForTicket: 'No puedo responder a eso con los documentos que tengo. Un compañero revisará su pregunta y le escribirá.',
    partly: 'No puedo responder a su otra pregunta con los documentos que tengo, un compañero la revisará.',
  },
};

const marks: Record<Language, RegExp> = {
  en: /\b(?:the|is|are|and|you|your|of|to|my|what|how|can|will|with|not|for|this|have)\b/gi,
  de: /\b(?:der|die|das|und|ist|nicht|ich|sie|mit|für|ein|eine|einen|wird|kann|von|zu|wie|auf|haben|meine[rnm]?|ihre[rnm]?|wann|geht|noch)\b/gi,
  fr: /\b(?:le|la|les|des|est|et|vous|je|pour|une|que|pas|dans|avec|mon|ma|votre|quand|combien|nous|sur|du|au)\b/gi,
  es: /\b(?:el|los|las|una|es|que|para|con|por|mi|su|cuándo|cuánto|puedo|está|pedido|del|qué|cómo|hola|gracias)\b/gi,
};

/** The language with the most small words; English when nothing speaks for another. */
export function languageOf(text: string): Language {
  let best: { language: Language; hits: number } = { language: 'en', hits: text.match(marks.en)?.length ?? 0 };
  for (const language of ['de', 'fr', 'es'] as const) {
    const hits = text.match(marks[language])?.length ?? 0;
    if (hits > best.hits) best = { language, hits };
  }
  return best.language;
}

const fixed = new Set(
  Object.values(phrases)
    .flatMap((said) => Object.values(said) as string[])
    .flatMap((said) => said.split(/(?<=[.!?:,]) (?=\p{Lu})/u))
    .map((said) => termsOf(said).join(' ')),
);
const courtesy =
  /^(?:hello|hi|hey|dear|good (?:morning|day|evening)|thank|thanks|sorry|kind regards|best (?:regards|wishes)|sincerely|guten tag|hallo|danke|vielen dank|mit freundlichen|bonjour|merci|cordialement|hola|gracias|un saludo|(?:please )?(?:let us know|let me know|feel free|do not hesitate|write again|get in touch)|i hope|we hope|i am (?:very |really )?sorry|i'm sorry|we are (?:very )?sorry)\b/i;
const giving =
  /\b(?:cannot|can't|can not|could not|unable to) (?:answer|tell|find|say)\b|\bnicht (?:beantworten|sagen|finden)\b|\bne (?:peux|pouvons) pas (?:répondre|dire)\b|\bno puedo (?:responder|decir)\b|colleague|kolleg|jemand aus dem team|collègue|compañero/i;

/** A sentence that only greets, thanks, regrets or offers help. Anything with a number states something. */
export const isCourtesy = (sentence: string): boolean => {
  const terms = termsOf(sentence);
  return (
    !/\d/.test(sentence) && (terms.length === 0 || fixed.has(terms.join(' ')) || (courtesy.test(sentence.trim()) && terms.length <= 9))
  );
};

/** A sentence that says that the answer is not in the documents. */
export const givesUp = (sentence: string): boolean => giving.test(sentence) && !/\[\d+\]/.test(sentence);
