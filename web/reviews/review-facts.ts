import type { Attempt, DecisionKind, Passage, Review, Step } from '../api/shapes.ts';
import { isFiles, withoutFiles } from '../parts/files.ts';
import { passagesIn } from '../parts/passages.ts';
import { record } from '../parts/record.ts';

const word = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value.trim() : null);

/** What was asked of the run, in the few words that tell one item from the next. */
export interface Asked {
  subject: string;
  from: string | null;
  body: string | null;
  customer: string | null;
  id: string | null;
}

const bodies = ['body', 'question', 'text', 'transcript'] as const;
const headings = ['subject', 'title'] as const;

/** Members of an input that stand somewhere else on its page: the text of it, what heads it, and files. */
const shownAlready = (fields: Record<string, unknown>, elsewhere: readonly string[]): Set<string> =>
  new Set(
    [
      ...elsewhere,
      headings.find((name) => word(fields[name])),
      bodies.find((name) => word(fields[name])),
      ...Object.keys(fields).filter((name) => isFiles(fields[name])),
    ].filter((name) => name !== undefined),
  );

/** What an input says beside its text, for reading: single words and numbers, and what is built of several. Nothing where it has no text, and is read whole. */
export function besidesIn(
  input: unknown,
  elsewhere: readonly string[],
): { plain: Record<string, unknown>; nested: Record<string, unknown> } {
  const fields = record(input) ?? {};
  const shown = shownAlready(fields, elsewhere);
  const others = bodies.some((name) => word(fields[name])) ? Object.entries(fields).filter(([name]) => !shown.has(name)) : [];
  const isNested = (value: unknown): boolean => typeof value === 'object' && value !== null;
  return {
    plain: Object.fromEntries(others.filter(([, value]) => !isNested(value))),
    nested: Object.fromEntries(others.filter(([, value]) => isNested(value)).map(([name, value]) => [name, withoutFiles(value)])),
  };
}

export function askedIn(input: unknown, otherwise: string): Asked {
  const fields = record(input) ?? {};
  const first = (names: readonly string[]): string | null => names.map((name) => word(fields[name])).find((text) => text !== null) ?? null;
  const body = first(bodies);
  return {
    subject: first(headings) ?? body?.split('\n')[0]?.slice(0, 120) ?? otherwise,
    from: word(fields['from']),
    body,
    customer: word(fields['customer_id']),
    id: word(fields['id']),
  };
}

/** The tool that a model wants to call; the value are its arguments. Null for every other question. */
export const toolOf = (review: Review): string | null =>
  review.kind === 'tool' ? (word(record(record(review.context)?.['tool'])?.['name']) ?? 'a tool') : null;

export const contextOf = (review: Review): { input: unknown; stepInput: unknown; passages: unknown; why: string | null } => {
  const context = record(review.context) ?? {};
  return { input: context['input'], stepInput: context['step_input'], passages: context['passages'], why: word(context['why']) };
};

export const askedOf = (review: Review): Asked => askedIn(contextOf(review).input, `${review.chain}: ${review.step}`);

/** Why a person is asked, where that says something of this item: a step that always asks says the same of all. */
export const whyAsked = (review: Review): string | null => (review.kind === 'review' ? null : contextOf(review).why);

/** The first words of what was asked, without the line that greets. */
export function openingOf({ body }: Asked): string {
  const lines = (body ?? '').split('\n').filter((line) => line.trim() !== '');
  const greets = lines.length > 1 && /^.{1,40}[,!:،]$/u.test(lines[0]!.trim());
  return (greets ? lines.slice(1) : lines).join(' ').slice(0, 160);
}

/** What a person did, after their name. */
export const decisionWords: Record<DecisionKind, string> = {
  approve: 'approved it as it was',
  edit: 'edited and approved it',
  reject: 'rejected it',
  respond: 'asked for another draft',
};

/** The steps that stand, each with its attempts, oldest first. */
const standing = (steps: Step[]): Step[] => steps.filter((step) => step.superseded_by === null && step.status !== 'superseded');

/** The passages the draft could cite, in the order of its citations: what the person was shown, else what the writing step was given. */
export function evidenceOf(review: Review, steps: Step[] | undefined): Passage[] {
  const { passages, stepInput } = contextOf(review);
  const shown = passagesIn(passages).length > 0 ? passagesIn(passages) : passagesIn(stepInput);
  if (shown.length > 0 || !steps) return shown;
  const writers = standing(steps).filter((step) => step.kind === 'generate');
  const given = writers
    .flatMap((step) => step.attempts)
    .map((attempt) => passagesIn(attempt.input))
    .findLast((passages) => passages.length > 0);
  return (
    given ??
    passagesIn(
      standing(steps)
        .filter((step) => step.kind === 'retrieve')
        .flatMap((step) => step.attempts.slice(-1))
        .map((attempt) => attempt.output),
    )
  );
}

/** Whether anything was looked up: by a step, or by a tool that a model asked for. */
export const searchedIn = (steps: Step[]): boolean =>
  steps.some((step) => step.kind === 'retrieve' || step.attempts.some(({ calls }) => calls.some(({ call }) => call.startsWith('tool/'))));

const remedies: Record<string, string> = {
  first: 'first try',
  retry: 'tried again',
  reask: 'asked again',
  revise: 'revised',
  resample: 'written afresh',
  vote: 'put to the vote',
  best_of: 'best of several',
  model: 'another model',
  backtrack: 'done again after blame',
  human: 'asked a person',
};
const remedyWords = (remedy: string): string => remedies[remedy] ?? remedy;

/** How an attempt came about, in words. Of several that are drawn side by side none is the first try. */
export const howWords = (step: Step, { remedy }: Attempt): string =>
  remedy === 'first' && step.attempts.some(({ outcome }) => outcome === 'sampled') ? 'drawn side by side' : remedyWords(remedy);

/** What spoke against an attempt, in one sentence. */
export function objection(attempt: Attempt): string | null {
  const against =
    attempt.verdicts.find((verdict) => verdict.verdict === 'fail') ?? attempt.verdicts.find((verdict) => verdict.verdict === 'unsure');
  return against?.reason ?? attempt.error;
}

/** The first and the last of many; the panel beside it lists them all. "attempt 1 rejected: 45 is in no source → revised → accepted", for the writing steps only. Null when nothing was refused. */
export function storyOf(steps: Step[]): string | null {
  const attempts = steps
    .filter((step) => step.kind === 'generate')
    .flatMap((step) => step.attempts.map((attempt) => ({ ...attempt, pass: step.pass })))
    .filter(({ outcome }) => outcome !== 'sampled');
  if (attempts.length < 2) return null;
  const told = attempts.map((attempt, i) => {
    const before = attempts[i - 1];
    const again = before !== undefined && attempt.pass > before.pass;
    const how = again ? 'evidence gathered again, new draft' : before ? remedyWords(attempt.remedy) : `attempt ${attempt.attempt}`;
    if (attempt.outcome === 'accepted') return before && !again ? `${how} → accepted` : `${how} accepted`;
    return `${how} ${refusalWords(attempt, before)}`;
  });
  const between = told.length - 2;
  return (between > 1 ? [told[0], `${between} more tries`, told.at(-1)] : told).join(' → ');
}

/** A reason that was just given is not given again. */
function refusalWords(attempt: Attempt, before: Attempt | undefined): string {
  const outcome = attempt.outcome?.replaceAll('_', ' ') ?? 'under way';
  const why = objection(attempt)?.replace(/\.$/, '');
  if (!why) return outcome;
  return before && objection(before) === objection(attempt) ? `${outcome} for the same reason` : `${outcome}: ${why}`;
}
