import type { Judgement } from '../critic.ts';
import { unescapeHtml } from '../read-prompt.ts';
import { extract } from './extract.ts';
import { readMeeting } from './read-meeting.ts';

type Update = Record<string, unknown>;
const passed: Judgement = { verdict: 'pass', reason: '', at: null, blames: null, missing: null, score: 0.95 };
const failed = (reason: string, at: unknown = null): Judgement => ({
  verdict: 'fail',
  reason,
  at: typeof at === 'string' ? at.slice(0, 300) : null,
  blames: null,
  missing: null,
  score: 0.1,
});

/** What an update is about, and what it says of it. */
const about = ({ field, person, owner, name }: Update): string => [field, person ?? owner ?? name].filter(Boolean).join(' of ');
const valueOf = (update: Update): string =>
  JSON.stringify(
    Object.entries(update)
      .filter(([name]) => name !== 'quote')
      .toSorted(([a], [b]) => a.localeCompare(b)),
  );

function updatesIn(prompt: string): Update[] | null {
  const text = /<updates>([\s\S]*?)<\/updates>/.exec(prompt)?.[1];
  try {
    const parsed: unknown = JSON.parse(unescapeHtml(text ?? ''));
    return Array.isArray(parsed) ? (parsed as Update[]) : null;
  } catch {
    return null;
  }
}

/** Compare what somebody took from the talk with what it comes to. */
export function judgeMeeting(prompt: string): Judgement {
  const meeting = readMeeting(prompt);
  const proposed = updatesIn(prompt);
  if (meeting === null || proposed === null) return { ...passed, verdict: 'unsure', reason: 'There are no changes to judge.' };
  const right = extract(meeting).updates as Update[];
  const rightValues = new Set(right.map(valueOf));
  const wrong = proposed.find((update) => !rightValues.has(valueOf(update)));
  if (wrong) {
    const other = right.find((update) => about(update) === about(wrong) && wrong['field'] !== 'task');
    return other
      ? failed(`The ${about(wrong)} was settled otherwise in the end: "${String(other['quote'])}"`, wrong['quote'])
      : failed(`The ${about(wrong)} was not agreed in this talk, or is not of this deal.`, wrong['quote']);
  }
  const given = new Set(proposed.map(valueOf));
  const lost = right.find((update) => !given.has(valueOf(update)));
  return lost ? failed(`The ${about(lost)} is missing: "${String(lost['quote'])}"`) : passed;
}
