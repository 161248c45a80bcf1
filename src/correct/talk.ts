/**
 * A model with tools: it asks for calls, is told what they gave, and goes on, until it answers or must.
 *
 * 1. Calls of one turn that read are made together; each that writes waits for a person, one after the other, and for exactly these bytes.
 * 2. What cannot be made is told to the model, and its turn counts.
 * 3. The last turn offers no tools, so that what was paid for becomes an answer, which is judged like any other.
 * 4. A call whose worker was lost is made again; trouble of a tool is told to the model, which may do without.
 */
import type { PinnedTool } from '../shapes/plan.ts';
import { affords, outOfTime, reserve, turnCall } from './budget.ts';
import type { Turn } from './ladder.ts';
import type { Happening } from './move.ts';
import type { Slice, Talk, Wanted } from './state.ts';
import { ask, broke, edit, fail, ruling, withStanding, type Decided } from './turn.ts';

type Of<E extends Happening['event']> = Extract<Happening, { event: E }>;

const toolOf = ({ step }: Turn, name: string): PinnedTool | undefined =>
  step.kind === 'generate' ? step.tools?.list.find((tool) => tool.name === name) : undefined;

const wantedTool = (turn: Turn, n: number): PinnedTool | undefined => toolOf(turn, talkOf(turn.slice).wanted[n]?.tool ?? '');

const talkOf = ({ talk, step }: Slice): Talk => {
  if (!talk) throw new Error(`${step} has no talk`);
  return talk;
};

const change = (turn: Turn, to: Partial<Talk>): Turn => edit(turn, { talk: { ...talkOf(turn.slice), ...to } });

/** Nothing that the model said or was told stays for the attempts after this one. */
export const silenced = (turn: Turn): Turn => (turn.slice.talk ? edit(turn, { talk: null }) : turn);

/** What a step with tools was told on the way to its answer. */
export const foundOn = ({ step, slice }: Turn): Partial<Slice> =>
  step.kind === 'generate' && step.tools ? { found: slice.talk?.bytes ?? 0 } : {};

/** The model asked for calls: this is what each of them is to become. */
export function wanted(turn: Turn, { calls, bytes }: Of<'wanted'>): Decided {
  const { talk } = turn.slice;
  const list = calls.map(({ tool, mark, fits }): Wanted => {
    const known = fits ? toolOf(turn, tool) : undefined;
    if (!known) return { tool, mark, status: 'ready', refused: 'misfit', tries: 1 };
    return { tool, mark, status: known.effect === 'writes' ? 'asks' : 'ready', refused: null, tries: 1 };
  });
  const next: Talk = { turn: talk?.turn ?? 1, tries: 1, bytes: (talk?.bytes ?? 0) + bytes, wanted: list, asking: null };
  return converse(edit(turn, { silent: 0, talk: next }));
}

/** What comes next in a talk: calls that can be made, then a person for a write, then the model's next turn. */
export function converse(turn: Turn): Decided {
  const list = talkOf(turn.slice).wanted;
  const ready = list.flatMap(({ status, tries, refused }, n) => (status === 'ready' ? [{ n, try: tries, refused }] : []));
  if (ready.length > 0) return makeCalls(turn, ready);
  const write = list.findIndex(({ status }) => status === 'asks');
  return write === -1 ? speak(turn, { turn: talkOf(turn.slice).turn + 1, tries: 1 }) : toWrite(turn, write);
}

function makeCalls(turn: Turn, calls: { n: number; try: number; refused: Wanted['refused'] }[]): Decided {
  const { plan, slice, state } = turn;
  const writes = calls.some(({ n, refused }) => refused === null && wantedTool(turn, n)?.effect === 'writes');
  const usd = calls.reduce((sum, { n, refused }) => sum + (refused === null ? (wantedTool(turn, n)?.usd ?? 0) : 0), 0);
  const call = { name: 'tool' as const, usd, tokens: 0, attempts: 0 };
  // What a person allowed is not stopped by the clock, nor by the money.
  if (!writes && (outOfTime(plan, state, turn.at) || !affords(plan, state, call))) return spent(turn);
  const acts = writes && !state.acts.includes(slice.seq) ? [...state.acts, slice.seq] : state.acts;
  return {
    turn: edit({ ...turn, state: reserve({ ...state, acts }, call) }, { call }),
    move: { move: 'tool', attempt: slice.attempt, turn: talkOf(slice).turn, calls },
  };
}

/** A write that was settled before is not asked about again; one that was allowed and failed is made again. */
function toWrite(turn: Turn, n: number): Decided {
  const one = talkOf(turn.slice).wanted[n] as Wanted;
  const known = turn.slice.writes?.[one.mark];
  if (known !== undefined) return converse(withWanted(turn, n, { status: 'ready', refused: known === 'allowed' ? null : 'before' }));
  const asked = ask(
    change(turn, { asking: n }),
    `the model wants to call ${one.tool}, which changes something outside: approve, and it is called once`,
  );
  return asked.move.move === 'ask' ? { ...asked, move: { ...asked.move, candidate: null, verdicts: [], wanted: n } } : asked;
}

const withWanted = (turn: Turn, n: number, to: Partial<Wanted>): Turn =>
  change(turn, { wanted: talkOf(turn.slice).wanted.map((one, i) => (i === n ? { ...one, ...to } : one)) });

const written = (turn: Turn, mark: string, as: NonNullable<Slice['writes']>[string]): Turn =>
  edit(turn, { writes: { ...turn.slice.writes, [mark]: as } });

/** What a person said of a write: only then it is made; a no is told to the model. Changed arguments stand for this call alone. */
export function allowedOrNot(turn: Turn, { decision }: Of<'decided'>): Decided {
  const n = talkOf(turn.slice).asking ?? 0;
  const { mark } = talkOf(turn.slice).wanted[n] as Wanted;
  const heard = change(turn, { asking: null });
  if (decision === 'expired')
    return { ...fail(silenced(heard), 'review_expired', 'nobody decided in time'), ruled: ruling(turn.slice, 'unsure') };
  if (decision === 'approve') return converse(withWanted(written(heard, mark, 'allowed'), n, { status: 'ready' }));
  if (decision === 'edit') return converse(withWanted(heard, n, { status: 'ready' }));
  return converse(withWanted(written(heard, mark, 'refused'), n, { status: 'ready', refused: 'person' }));
}

/** The calls were made. One whose worker was lost is made again, as often as a call may bring nothing. */
export function told(turn: Turn, { results, bytes }: Of<'told'>): Decided {
  let next = change(turn, { bytes: talkOf(turn.slice).bytes + bytes });
  const made = talkOf(turn.slice).wanted.flatMap(({ status }, n) => (status === 'ready' ? [n] : []));
  made.forEach((n, i) => {
    const one = talkOf(next.slice).wanted[n] as Wanted;
    const again = results[i] === 'lost' && one.tries < turn.plan.limits.silent_tries;
    next = withWanted(next, n, again ? { tries: one.tries + 1 } : { status: 'told' });
    const wrote = results[i] === 'given' && one.refused === null && toolOf(next, one.tool)?.effect === 'writes';
    if (wrote) next = written(next, one.mark, 'done');
  });
  return converse(next);
}

/** The model's turn, if the budget allows it. */
export function speak(turn: Turn, to: Pick<Talk, 'turn' | 'tries'>): Decided {
  const { plan, step, state, at } = turn;
  if (step.kind !== 'generate' || !step.tools) throw new Error(`${turn.slice.step} has no tools`);
  const next = change(turn, to);
  const { slice } = next;
  const hint = withStanding(slice);
  const call = turnCall(step, slice, hint);
  if (!affords(plan, state, call) || outOfTime(plan, state, at)) return spent(next);
  const { attempt, role, widen } = slice;
  return {
    turn: edit({ ...next, state: reserve(state, call) }, { call }),
    move: { move: 'turn', attempt, turn: to.turn, try: to.tries, role, hint, widen, last: to.turn >= step.tools.turns },
  };
}

/** The model had its last turn. */
export const isOver = ({ step, slice }: Turn): boolean =>
  step.kind !== 'generate' || !step.tools || (slice.talk?.turn ?? 1) >= step.tools.turns;

/** The same turn once more. */
export const speakAgain = (turn: Turn): Decided => {
  const { turn: number, tries } = talkOf(turn.slice);
  return speak(turn, { turn: number, tries });
};

export const triedOnce = (turn: Turn): Turn => change(turn, { tries: talkOf(turn.slice).tries + 1 });

/** The answer was cut off by the budget. */
const spent = (turn: Turn): Decided => ({ ...broke(silenced(turn)), ruled: ruling(turn.slice, 'truncated') });
