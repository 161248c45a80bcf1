import { check, type Check, type Finding } from '../define/check.ts';
import { textOf } from './reply-text.ts';
import { sentencesOf } from './sentences.ts';

/** Every sentence that claims something cites a passage, and every citation names one that was given. */
export const citesEverySource = (): Check =>
  check(
    'cites-every-source',
    (output, { evidence }) =>
      sentencesOf(textOf(output)).flatMap(({ text, cited, claim }): Finding[] => {
        const wrong = cited.find((n) => n < 1 || n > evidence.length);
        if (wrong !== undefined)
          return [
            {
              reason: `[${wrong}] cites no passage: ${evidence.length === 0 ? 'none was given' : `there are ${evidence.length}`}; cite the one that says this, or leave the sentence out`,
              at: { quote: text },
            },
          ];
        if (claim && cited.length === 0)
          return [
            {
              reason: 'this sentence states something and cites no passage; add the citation, or leave the sentence out',
              at: { quote: text },
            },
          ];
        return [];
      }),
    '3',
  );
