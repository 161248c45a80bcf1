import type { Attempt } from '../shapes/attempt.ts';
import type { Step } from '../shapes/step.ts';

/** From the mildest to the strongest: what it took until an answer was accepted. */
const remedies = ['retry', 'reask', 'revise', 'resample', 'vote', 'best_of', 'model', 'backtrack'] as const;

/** How a run came to its answer: its first drafts were accepted, the strongest remedy that healed it, or why none did. */
export type Way = 'first' | (typeof remedies)[number] | 'best' | 'person' | 'failed' | 'blocked' | 'cancelled';

/** The ways in the order in which they are told. */
export const ways: readonly Way[] = ['first', ...remedies, 'best', 'person', 'failed', 'blocked', 'cancelled'];

/** `caught`: who found something wrong, or what came instead of an answer, with how often. */
export interface Road {
  way: Way;
  caught: Record<string, number>;
}

/** `asked`: what kind of question to a person the run waits at, null where it does not wait. A `review` asks always, and says nothing of the loop. */
export function roadOf(run: { status: string; asked: 'review' | 'human' | 'tool' | null }, steps: readonly Step[]): Road {
  const drafts = steps.flatMap((step) => step.attempts.map((attempt) => ({ step, attempt })));
  const caught: Record<string, number> = {};
  for (const { attempt } of drafts) for (const name of caughtBy(attempt)) caught[name] = (caught[name] ?? 0) + 1;
  return { way: wayOf(run, drafts), caught };
}

function wayOf(run: Parameters<typeof roadOf>[0], drafts: readonly { step: Step; attempt: Attempt }[]): Way {
  if (run.asked === 'human') return 'person';
  if (run.status === 'failed' || run.status === 'blocked' || run.status === 'cancelled') return run.status;
  // A search that found nothing goes on with nothing, and that is no last resort.
  if (drafts.some(({ step, attempt }) => step.kind === 'generate' && attempt.outcome === 'accepted_under_exhaustion')) return 'best';
  const used = drafts.map(({ attempt }) => remedies.findIndex((remedy) => remedy === attempt.remedy));
  return remedies[Math.max(-1, ...used)] ?? 'first';
}

/** The critics and rules that did not pass it; where none judged it, what it was instead of an answer. A sample that another won against was good enough. */
function caughtBy({ outcome, verdicts }: Attempt): string[] {
  if (outcome === null || outcome === 'sampled' || outcome.startsWith('accepted')) return [];
  const against = verdicts.filter(({ verdict }) => verdict !== 'pass').map(({ critic }) => critic);
  return against.length > 0 ? [...new Set(against)] : [outcome];
}
