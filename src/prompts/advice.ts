import type { Advice } from '../shapes/advice.ts';
import type { Verdict } from '../shapes/verdict.ts';
import type { PromptMessage } from './prompt.ts';

/**
 * What a new attempt is told beside its prompt: its own output where the rung shows it again, and what was wrong with it.
 * Nothing of other attempts. No advice: a fresh context.
 */
export function adviceMessages(advice: Advice | null): PromptMessage[] {
  if (advice === null || (advice.verdicts.length === 0 && advice.comment === null && advice.previous === null)) return [];
  const shown: PromptMessage[] =
    advice.previous === null || advice.previous === undefined ? [] : [{ role: 'assistant', content: textOf(advice.previous) }];
  return [...shown, { role: 'user', content: critique(advice, shown.length > 0) }];
}

const textOf = (output: unknown): string => (typeof output === 'string' ? output : JSON.stringify(output));

function critique({ verdicts, comment }: Advice, shown: boolean): string {
  const lines = verdicts.filter((verdict) => verdict.verdict !== 'pass').map(line);
  const person = comment === null ? [] : [`A person who read it says: ${comment}`];
  return [
    shown ? 'That answer was not accepted.' : 'An earlier answer to this was not accepted.',
    ...lines,
    ...person,
    shown ? 'Give the whole answer again in the same form. Mend what is named and change nothing else.' : 'Mind this in your answer.',
  ].join('\n');
}

function line({ critic, reason, at, missing }: Verdict): string {
  const place = at?.quote ? ` In: "${at.quote}".` : at?.pointer ? ` At ${at.pointer}.` : '';
  return `- ${critic}: ${reason}${place}${missing ? ` Missing: ${missing}.` : ''}`;
}
