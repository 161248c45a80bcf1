import { check, type Check, type Finding } from '../define/check.ts';
import type { Passage } from '../shapes/passage.ts';
import { bestOf, ofPassages, ofQuestion } from './answers-question.ts';
import { questionIn } from './reply-text.ts';
import { isContent, tokensOf } from './words.ts';
import { wordsOf } from './closest.ts';

/**
 * A rule for a `retrieve` step: what was found is about `input.question` or `input.ticket`, by the words that they share. With
 * `revise(1)` in the step's ladder the words that no passage has are one more query. It grades as the rule `answersQuestion`
 * does: enough of the question's words in one sentence, some (`unsure`), or hardly any (`fail`).
 */
export const relevantEvidence = (): Check<Passage[]> =>
  check<Passage[]>('relevant-evidence', (passages, { input }): Finding[] => {
    const { body, asked } = questionIn(input);
    const best = bestOf(input, passages);
    if (best === null || best.share >= ofPassages) return [];
    const known = new Set(passages.flatMap((passage) => [...wordsOf(passage)]));
    const lost = tokensOf(body).filter((token) => isContent(token) && !known.has(token.stem));
    const missing = [...new Set(lost.map(({ word }) => word))].slice(0, 12).join(' ') || asked;
    if (best.share >= ofQuestion)
      return [
        {
          verdict: 'unsure',
          reason: `what was found only touches the question; the nearest is "${best.text}"`,
          missing,
          score: best.share,
        },
      ];
    return [{ reason: 'nothing that was found is about the question', missing, score: best.share }];
  });
