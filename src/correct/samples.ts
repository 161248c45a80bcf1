/**
 * Several drafts of one step, drawn side by side, of which one goes on.
 *
 * `vote`: the first answer that is ahead of every other by `margin` (first-to-ahead-by-k; Meyerson et al. 2025, "Solving a
 * million-step LLM task with zero errors"). A wave is as many drafts as that takes at the least, so that drawing side by
 * side asks for no more of them than drawing one after the other.
 * `best_of`: all are drawn at once, one judge looks at each, the best verdict goes on.
 *
 * An answer of the wrong form, one that is cut off, refused, or not passed by the rules is thrown out before it counts.
 */
import type { OutcomeKind } from '../shapes/outcome.ts';
import type { PinnedCritic, PlannedGenerate, PlannedStep } from '../shapes/plan.ts';
import type { Sampling } from '../shapes/rung.ts';
import type { Verdict } from '../shapes/verdict.ts';
import { breathBill, breathCall } from './breath.ts';
import { affords, draftCall, outOfTime, reserve } from './budget.ts';
import { ladderOf, type Turn } from './ladder.ts';
import type { Sampled, Silent } from './move.ts';
import type { Sample, Samples, Slice } from './state.ts';
import { isContent } from './table.ts';
import { broke, edit, misfit, withStanding, type Decided, type Ruling } from './turn.ts';

const isSampling = (rung: { rung: string } | undefined): rung is Sampling => rung?.rung === 'vote' || rung?.rung === 'best_of';

/** The rung that draws: of the ladder, or (null) the step's first. */
export function samplingOf(step: PlannedStep, from: number | null): Sampling | null {
  const rung = from !== null ? ladderOf(step)[from] : step.kind === 'generate' ? step.sample : undefined;
  return isSampling(rung) ? rung : null;
}

export function judgeOf(step: PlannedStep, samples: Samples): PinnedCritic | null {
  const sampling = samplingOf(step, samples.from);
  return sampling?.rung === 'best_of' && step.kind === 'generate' ? (step.sample_judges?.[sampling.judge] ?? null) : null;
}

/** Everybody who may judge an answer of the step. */
export const criticsOf = (step: PlannedGenerate): PinnedCritic[] => [...step.critics, ...Object.values(step.sample_judges ?? {})];

/** Begin to draw. */
export function sample(turn: Turn, from: number | null, change: Partial<Slice>): Decided {
  const sampling = samplingOf(turn.step, from);
  const begun = edit(turn, { hint: null, widen: false, shown: null, output: null, verdicts: [], ...change });
  const samples: Samples = { from, begun: 0, open: [], counted: [], flagged: null };
  return wave(more(begun, samples, sampling?.rung === 'best_of' ? sampling.of : (sampling?.margin ?? 1)));
}

function more(turn: Turn, samples: Samples, count: number): Turn {
  const fresh = Array.from({ length: count }, (_, n) => ({ answer: turn.slice.answers + n + 1, attempt: null }));
  const grown = { ...samples, begun: samples.begun + count, open: [...samples.open, ...fresh] };
  return edit(turn, { samples: grown, answers: turn.slice.answers + count });
}

/** Draw those that are open, as many of them as the budget allows. */
export function wave(turn: Turn): Decided {
  const { plan, step, state, slice, at } = turn;
  const { samples } = slice;
  if (!samples) throw new Error(`${slice.step} draws no samples`);
  const hint = withStanding({ ...slice, hint: null });
  const draft = draftCall(step, slice, hint);
  const judge = judgeOf(step, samples);
  const one = judge !== null && step.kind === 'generate' ? breathCall(step, slice, { draft, judges: [judge] }) : draft;
  const costOf = (count: number) => ({ ...one, usd: count * one.usd, tokens: count * one.tokens, attempts: count * one.attempts });
  let count = samples.open.length;
  while (count > 0 && !affords(plan, state, costOf(count))) count -= 1;
  if (count === 0 || outOfTime(plan, state, at)) return broke(shown(turn, samples));
  let attempt = slice.attempt;
  const open = samples.open.map((slot, n) => (n < count ? { ...slot, attempt: slot.attempt ?? (attempt += 1) } : slot));
  const drawn = edit({ ...turn, state: reserve(state, costOf(count)) }, { attempt, call: costOf(count), samples: { ...samples, open } });
  const drafts = open
    .slice(0, count)
    .map((slot) => ({
      move: 'attempt' as const,
      attempt: slot.attempt ?? attempt,
      answer: slot.answer,
      remedy: slice.remedy,
      role: slice.role,
      hint,
      widen: false,
      judges: judge === null ? [] : [judge],
    }));
  const vote = samplingOf(step, samples.from)?.rung === 'vote' ? { rung: samples.from } : null;
  return { turn: drawn, move: { move: 'sample', drafts, vote } };
}

/** One bill for a wave. */
export function waveBill(drafts: readonly Sampled[]) {
  const bills = drafts.map((draft) => ('cost_usd' in draft ? draft : { usage: null, cost_usd: 0 }));
  const answered = drafts.filter((draft) => draft.event === 'answered' || (draft.event === 'silent' && isContent(draft.outcome)));
  return { ...breathBill(bills), answered: answered.length };
}

/** What a wave brought: the answers that count, those that are thrown out, and what is to be drawn again. */
export interface Gathered {
  turn: Turn;
  samples: Samples;
  ruled: Ruling[];
  /** The worst of what brought no answer. */
  trouble: Silent | null;
  stuck: Extract<Sampled, { event: 'stuck' }> | null;
}

export function gather(turn: Turn, before: Samples, drafts: readonly Sampled[]): Gathered {
  let samples = before;
  let trouble: Silent | null = null;
  let stuck: Gathered['stuck'] = null;
  const ruled: Ruling[] = [];
  const done = (attempt: number) => samples.open.filter((slot) => slot.attempt !== attempt);
  const flag = (attempt: number, outcome: OutcomeKind, of: { output: string | null; verdicts: Verdict[] }): void => {
    samples = { ...samples, open: done(attempt), flagged: { attempt, outcome, ...of } };
    ruled.push({ attempt, outcome });
  };
  for (const draft of drafts) {
    const { attempt } = draft;
    if (draft.event === 'stuck') stuck = draft;
    else if (draft.event === 'silent' && isContent(draft.outcome))
      flag(attempt, draft.outcome, { output: null, verdicts: [misfit(draft)] });
    else if (draft.event === 'silent') {
      trouble = worse(trouble, draft);
      ruled.push({ attempt, outcome: draft.outcome });
      samples = { ...samples, open: samples.open.map((slot) => (slot.attempt === attempt ? { ...slot, attempt: null } : slot)) };
    } else if (draft.verdicts.some(({ verdict }) => verdict !== 'pass'))
      flag(attempt, draft.verdicts.some(({ verdict }) => verdict === 'fail') ? 'rejected' : 'unsure', draft);
    else {
      const { key, output, verdicts, looks } = draft;
      const counted: Sample = {
        attempt,
        key,
        output,
        verdicts: Array.isArray(looks) ? [...verdicts, ...looks] : verdicts,
        looks: looks === null ? 0 : 1,
        looked: Array.isArray(looks),
      };
      samples = { ...samples, open: done(attempt), counted: [...samples.counted, counted] };
      ruled.push({ attempt, outcome: 'sampled' });
    }
  }
  const silent = drafts.some(({ event }) => event === 'answered') ? 0 : turn.slice.silent;
  return { turn: edit(turn, { samples, silent }), samples, ruled, trouble, stuck };
}

/** Who cannot go on without a person comes first, then who asks for the longest wait. */
function worse(one: Silent | null, other: Silent): Silent {
  if (one === null || (other.bug && !one.bug)) return other;
  return one.bug || (one.retry_after_ms ?? 0) >= (other.retry_after_ms ?? 0) ? one : other;
}

/** The judge has looked at this one. */
export const looked = (turn: Turn, samples: Samples, verdicts: Verdict[]): Samples => ({
  ...samples,
  counted: samples.counted.map((one) =>
    one.attempt === turn.slice.shown ? { ...one, verdicts: [...one.verdicts, ...verdicts], looked: true } : one,
  ),
});

export type Election =
  | { type: 'draw'; turn: Turn }
  | { type: 'look'; sample: Sample; judge: PinnedCritic }
  /** One goes on. */
  | { type: 'elected'; turn: Turn; ruled: Ruling[] }
  /** None does. */
  | { type: 'none'; turn: Turn; outcome: OutcomeKind; ruled: Ruling[] };

/** Which answer goes on, or what is missing to say so. */
export function elect(turn: Turn, samples: Samples): Election {
  const sampling = samplingOf(turn.step, samples.from);
  if (samples.open.length > 0) return { type: 'draw', turn };
  const judge = judgeOf(turn.step, samples);
  const unseen = judge === null ? undefined : samples.counted.find((one) => !one.looked);
  if (judge !== null && unseen) return { type: 'look', sample: unseen, judge };
  const first = leading(samples, sampling)[0];
  if (sampling?.rung === 'vote') {
    const { lead } = tally(samples);
    const needed = sampling.margin - lead;
    if (needed > 0 && samples.begun + needed <= sampling.samples) return { type: 'draw', turn: more(turn, samples, needed) };
    if (first && needed > 0) return { type: 'none', outcome: 'unsure', ...voted(turn, samples, 'unsure') };
    if (first) return { type: 'elected', ...voted(turn, samples, 'pass') };
  }
  if (first) return { type: 'elected', turn: edit(shown(turn, samples), { samples: null }), ruled: [] };
  return { type: 'none', turn: edit(shown(turn, samples), { samples: null }), outcome: samples.flagged?.outcome ?? 'unsure', ruled: [] };
}

interface Tally {
  votes: number[];
  /** By how many votes the first is ahead of the second. */
  lead: number;
}
function tally({ counted }: Samples): Tally {
  const byKey = new Map<string, number>();
  for (const { key } of counted) byKey.set(key, (byKey.get(key) ?? 0) + 1);
  const votes = [...byKey.values()].toSorted((a, b) => b - a);
  return { votes, lead: (votes[0] ?? 0) - (votes[1] ?? 0) };
}

/** The best first. In a vote: the first drawn of the most frequent answer; else by the judge's verdict, then its score. */
function leading({ counted }: Samples, sampling: Sampling | null): Sample[] {
  const worth = (one: Sample): number[] => {
    if (sampling?.rung === 'vote') return [counted.filter(({ key }) => key === one.key).length];
    const last = one.verdicts.at(-1);
    const rank = one.verdicts.some(({ verdict }) => verdict === 'fail')
      ? 0
      : one.verdicts.some(({ verdict }) => verdict === 'unsure')
        ? 1
        : 2;
    return [rank, last?.score ?? 0];
  };
  const compared = (a: number[], b: number[]): number => a.reduce((found, value, n) => found || (b[n] ?? 0) - value, 0);
  return counted.toSorted((a, b) => compared(worth(a), worth(b)) || a.attempt - b.attempt);
}

/** Look at the best there is: the leading answer, else the last that was thrown out. */
export function shown(turn: Turn, samples: Samples): Turn {
  const [first] = leading(samples, samplingOf(turn.step, samples.from));
  const best = first ?? samples.flagged;
  const free = { answers: turn.slice.answers - samples.open.length, critic: 0, criticTry: 1, judged: 0 };
  return best === null ? edit(turn, free) : edit(turn, { ...free, shown: best.attempt, output: best.output, verdicts: best.verdicts });
}

/** The vote is a verdict like any other, and on the record. `score`: the share of the votes. */
function voted(turn: Turn, samples: Samples, verdict: 'pass' | 'unsure'): { turn: Turn; ruled: Ruling[] } {
  const { votes, lead } = tally(samples);
  const thrownOut = samples.begun - samples.counted.length;
  const share = `${votes[0] ?? 0} of ${samples.begun} answers agree (${votes.join(' : ')}${thrownOut > 0 ? `, ${thrownOut} thrown out` : ''})`;
  const margin = samplingOf(turn.step, samples.from);
  const asked = margin?.rung === 'vote' ? margin.margin : 1;
  const reason = verdict === 'pass' ? share : `${share}: ahead of the next by ${lead}, which had to be ${asked}`;
  const score = (votes[0] ?? 0) / samples.begun;
  const said: Verdict = { critic: 'vote', version: '1', verdict, score, reason, at: null, blames: null, evidence: [] };
  const best = shown(turn, samples);
  return {
    turn: edit(best, { samples: null, verdicts: [...best.slice.verdicts, said] }),
    ruled: [{ attempt: best.slice.shown ?? 0, verdict: said }],
  };
}
