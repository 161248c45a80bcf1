/** Words that carry no content of their own. Negations are not among them: they are looked at apart. */
const stop = new Set(
  (
    'the a an and or but of to in on at for with from by as is are was were be been being it its this that these those you your yours we our us they their them he she his her i my me can could will would shall should must may might have has had having do does did if when then than so also any all more most up out over per within after before about into only each both once here there which who whom whose what how where why other another such same very just please yes afraid though whole around while because since already still even instead usually simply actually unfortunately automatically whatever well way ' +
    'leider ebenso jedoch der die das den dem des ein eine einen einem einer eines und oder aber zu im in am auf für mit von bei als ist sind war waren sie ihr ihre ihren ihrem ihrer wir unser unsere unseren es dies diese dieser dieses können kann wird werden wurde muss müssen wenn dann nach vor über nur auch sich so zum zur aus an ab bis sein hat haben man ' +
    'le la les un une des du de et ou à au aux en dans par pour sur avec est sont vous votre vos nous notre nos il elle ils que qui ce cette ces se si el los las un una y o del al en por para con es son su sus que se lo'
  ).split(' '),
);

/** Crude on purpose: `returned`, `returning`, `returns` are one word, and no list of exceptions has to be kept. */
export function stem(word: string): string {
  let root = word.replace(/['’]s$/u, '');
  if (root.length > 3)
    root = root
      .replace(/ies$/u, 'y')
      .replace(/(?<=ss|x|ch|sh)es$/u, '')
      .replace(/(?<!s|u|i)s$/u, '');
  for (let turn = 0; turn < 3; turn += 1) {
    const shorter = root.replace(/(?:ation|ion|ing|ed|ly|ern|en|er|em|ung|y|e|n)$/u, '').replace(/([^aeiou])\1$/u, '$1');
    if (shorter.length < 4 || shorter === root) break;
    root = shorter;
  }
  return root.slice(0, 12);
}

export interface Token {
  word: string;
  stem: string;
  index: number;
  /** Punctuation that ends a clause stands between this word and the one before. */ breaks: boolean;
}

const expanded = (text: string): string =>
  text
    .replace(/\bcannot\b/gi, 'can not')
    .replace(/\bcan['’]t\b/gi, 'can not')
    .replace(/\bwon['’]t\b/gi, 'will not')
    .replace(/\b(\p{L}+)n['’]t\b/giu, '$1 not');

/** Every word in small letters, in order; numbers are words too. */
export function tokensOf(text: string): Token[] {
  const plain = expanded(text);
  let end = 0;
  return [...plain.matchAll(/[\p{L}\p{N}]+(?:['’.,_-][\p{L}\p{N}]+)*/gu)].map((match) => {
    const breaks = /[.;:!?()"“”]|[,–—]\s/.test(plain.slice(end, match.index));
    end = match.index + match[0].length;
    const word = match[0].toLowerCase();
    return { word, stem: stem(word), index: match.index, breaks };
  });
}

export const isContent = ({ word }: Token): boolean => !stop.has(word) && !isNegation(word) && (word.length > 2 || /\d/.test(word));

/** The different content words of a text as stems. Numbers are left to the check of numbers. */
export const contentOf = (text: string): Set<string> =>
  new Set(
    tokensOf(text)
      .filter((token) => isContent(token) && !/^\d/.test(token.word))
      .map((token) => token.stem),
  );

export const shareOf = (wanted: ReadonlySet<string>, there: ReadonlySet<string>): number => {
  if (wanted.size === 0) return 1;
  let hits = 0;
  for (const word of wanted) if (there.has(word)) hits += 1;
  return hits / wanted.size;
};

const negations = new Set(
  'not never no nothing none nobody neither nor without cannot nicht nichts nie niemals kein keine keinen keiner keinem keines ohne ne pas jamais rien sans nunca nada sin'.split(
    ' ',
  ),
);
export const isNegation = (word: string): boolean => negations.has(word);
