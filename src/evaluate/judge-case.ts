import { likelyLanguage } from '../checks/language.ts';
import { textOf } from '../checks/reply-text.ts';
import { citationsIn, sentencesOf } from '../checks/sentences.ts';
import type { Expectation } from '../shapes/case.ts';
import type { Passage } from '../shapes/passage.ts';
import type { RunStatus } from '../shapes/run.ts';
import { differenceOf, show, type Difference } from './matches.ts';

/** What came of a case. `value`: the output, or what is proposed to a person at the step `waits_at`. `passages`: those it could cite, in their order. */
export interface Came {
  status: RunStatus;
  waits_at: string | null;
  value: unknown;
  error: string | null;
  passages: readonly Passage[];
}

/** What does not hold, in the order in which it is written down; nothing: the case passes. */
export function judgeCase(holds: Expectation, came: Came): Difference[] {
  const ended = endOf(holds, came);
  if (ended !== null) return [ended];
  if (holds.ends === 'failed') return [];
  const text = textOf(came.value) || (came.value === null || came.value === undefined ? '' : JSON.stringify(came.value));
  const got = show(textOf(came.value) || came.value);
  const plain = text.replace(/\s+/g, ' ');
  return [
    ...holds.says.filter((said) => !stands(said, plain)).map((said) => ({ expected: `the answer to say ${show(said)}`, got })),
    ...holds.never_says.filter((said) => stands(said, plain)).map((said) => ({ expected: `the answer never to say ${show(said)}`, got })),
    ...('output' in holds ? [differenceOf(holds.output, came.value)] : []),
    abstainsDifference(holds, { text, got }),
    languageDifference(holds, text),
    sourcesDifference(holds, { text, passages: came.passages }),
  ].filter((one) => one !== null);
}

function endOf(holds: Expectation, came: Came): Difference | null {
  const got = howItEnded(came);
  if (holds.waits_at !== undefined)
    return came.status === 'waiting' && came.waits_at === holds.waits_at
      ? null
      : { expected: `the run to wait for a person at '${holds.waits_at}'`, got };
  if (holds.ends !== undefined) return came.status === holds.ends ? null : { expected: `the run to end ${holds.ends}`, got };
  return came.status === 'succeeded' || came.status === 'waiting' ? null : { expected: 'an answer', got };
}

const howItEnded = ({ status, waits_at, error, value }: Came): string => {
  if (status === 'waiting') return `it waits at '${waits_at ?? ''}' with ${show(textOf(value) || value)}`;
  return `it is ${status}${error === null ? '' : `: ${error}`}${status === 'succeeded' ? ` with ${show(textOf(value) || value)}` : ''}`;
};

/** A number that begins or ends what is looked for is whole there: `5 years` does not stand in `15 years`, nor `7` in `7.50`. */
function stands(said: string, text: string): boolean {
  const literal = said.replace(/\s+/g, ' ').replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const before = /^\d/.test(said) ? String.raw`(?<!\d|\d[.,])` : '';
  const after = /\d$/.test(said) ? String.raw`(?!\d|[.,]\d)` : '';
  return new RegExp(before + literal + after).test(text);
}

function abstainsDifference({ abstains }: Expectation, { text, got }: { text: string; got: string }): Difference | null {
  if (abstains === undefined) return null;
  const silent = !sentencesOf(text).some(({ claim, cited }) => claim || cited.length > 0);
  if (silent === abstains) return null;
  return { expected: abstains ? 'an answer that states nothing, such as "I cannot answer that"' : 'an answer that states something', got };
}

function languageDifference({ language }: Expectation, text: string): Difference | null {
  const likely = language === undefined ? null : likelyLanguage(text);
  return likely === null || likely === language ? null : { expected: `an answer in '${language}'`, got: `one in '${likely}'` };
}

function sourcesDifference({ sources }: Expectation, of: { text: string; passages: readonly Passage[] }): Difference | null {
  if (sources.length === 0) return null;
  const cited = citationsIn(of.text).flatMap((n) => of.passages[n - 1] ?? []);
  if (cited.some((passage) => sources.some((wanted) => passage.title.includes(wanted)))) return null;
  return {
    expected: `a citation of ${sources.map((title) => `"${title}"`).join(' or ')}`,
    got: cited.length === 0 ? 'none' : [...new Set(cited.map(({ title }) => `"${title}"`))].join(', '),
  };
}
