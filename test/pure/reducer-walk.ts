/** Drives the reducer as a run would, with outcomes by chance: facts, two drafts at once, a review, an effect; backtracks start a new pass. */
import { advance } from '../../src/correct/advance.ts';
import { abandon } from '../../src/correct/clock.ts';
import type { Happening, Move } from '../../src/correct/move.ts';
import { newState, recall, sliceKey, type Hint, type RunState, type Slice } from '../../src/correct/state.ts';
import type { Unanswered } from '../../src/shapes/outcome.ts';
import type { Plan } from '../../src/shapes/plan.ts';
import type { Verdict } from '../../src/shapes/verdict.ts';
import { seededRandom } from '../../src/correct/seeded-random.ts';
import type { Ruling } from '../../src/correct/turn.ts';
import { verdictOf } from '../../testing/results.ts';

/** Weights of what happens; 0 never. */
export interface Weather {
  silence: number;
  content: number;
  rejection: number;
  blame: number;
  nonsense: number;
  person: number;
  sameText: number;
  /** Of models that have tools: how often they ask for them, also where they must not. */
  tools?: number;
}

export interface Entry {
  happening: Happening;
  before: RunState;
  state: RunState;
  move: Move;
  outcome: string | null;
  ruled: Ruling[];
  slice: Slice;
  live: Task[];
}
export interface Task {
  step: string;
  lineage: string;
  occurrence: number;
  move: Move | null;
}
export interface Walk {
  entries: Entry[];
  end: 'returned' | 'failed' | 'endless';
  final: RunState;
  passes: number;
}

const provider: Unanswered[] = [
  'rate_limited',
  'overloaded',
  'transport',
  'abandoned',
  'empty',
  'too_large',
  'spend_cap',
  'auth',
  'model_gone',
  'cancelled',
];
const content: Unanswered[] = ['invalid', 'truncated', 'refused', 'filtered'];
const stages = [['facts#1'], ['draft#1', 'draft#2'], ['approve#1'], ['send#1']];

/** `touch` may copy or freeze the state between two steps of the reducer. */
export function walk(plan: Plan, options: { seed: number; weather: Weather; limit: number; touch?: (state: RunState) => RunState }): Walk {
  const random = seededRandom(options.seed);
  const touch = options.touch ?? ((state) => state);
  const chance = (weight: number): boolean => random() < weight;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const entries: Entry[] = [];
  const memory = new Map<string, { occurrence: number; step: string }>();
  const reproaches = new Map<string, Verdict[]>();
  let state = newState();
  let at = 1_000;

  function step(task: Task, happening: Happening, live: Task[]): void {
    const before = touch(state);
    const advanced = advance(plan, before, happening);
    state = advanced.state;
    task.move = advanced.move;
    entries.push({
      happening,
      before,
      ...advanced,
      slice: state.slices[sliceKey(task.step, task.occurrence)] as Slice,
      live: live.map((one) => ({ ...one })),
    });
  }

  const cost = (task: Task) => {
    const call = state.slices[sliceKey(task.step, task.occurrence)]?.call;
    if (!call || chance(0.05)) return { usage: null, cost_usd: null };
    const tokens = Math.floor(random() * call.tokens);
    return { usage: { input_tokens: tokens, output_tokens: 0 }, cost_usd: random() * call.usd };
  };
  /** What one draft of several costs at the most. */
  const share = (task: Task, of: number) => {
    const call = state.slices[sliceKey(task.step, task.occurrence)]?.call;
    if (!call || chance(0.05)) return { usage: null, cost_usd: null };
    return { usage: { input_tokens: Math.floor((random() * call.tokens) / of), output_tokens: 0 }, cost_usd: (random() * call.usd) / of };
  };
  const silent = (task: Task, outcome: Unanswered) => ({
    event: 'silent' as const,
    outcome,
    message: outcome,
    retry_after_ms: chance(0.3) ? 500 : null,
    ...cost(task),
  });

  /** Of those who may look at a passed draft in the same breath some do, and one bill pays for all. */
  const withJudges = <A extends { verdicts: Verdict[] }>(judges: readonly unknown[], answer: A) =>
    answer.verdicts.length > 0 && answer.verdicts.every(({ verdict }) => verdict === 'pass')
      ? { ...answer, judged: Math.floor(random() * (judges.length + 1)) }
      : answer;

  const wantedBy = (task: Task, tools: readonly { name: string }[]) => ({
    event: 'wanted' as const,
    calls: Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({
      tool: chance(0.1) ? 'nobody' : pick(tools).name,
      mark: pick(['a', 'b', 'c', 'd']),
      fits: chance(0.9),
    })),
    bytes: Math.floor(random() * 300),
    ...cost(task),
  });
  const toldOf = (task: Task, move: Extract<Move, { move: 'tool' }>) =>
    chance(0.05)
      ? { event: 'stuck' as const, code: 'tool_missing' as const, message: 'gone' }
      : {
          event: 'told' as const,
          results: move.calls.map(() => pick(['given', 'given', 'failed', 'lost'] as const)),
          bytes: Math.floor(random() * 2_000),
          ...cost(task),
          usage: null,
        };

  /** What may follow a move. */
  function follow(task: Task, move: Move, { weather } = options) {
    at += Math.floor(random() * 500);
    // The facts are seldom the trouble, or no run would come to the drafts.
    const early = task.step === 'facts' ? 0.2 : 1;
    const verdict = (): Verdict =>
      chance(weather.rejection * early)
        ? verdictOf(chance(0.3) ? 'unsure' : 'fail', chance(weather.blame) ? { blames: { step: 'facts', occurrence: null } } : {})
        : verdictOf('pass');
    const planned = plan.steps[task.step];
    if (planned?.kind === 'generate' && planned.tools) {
      if (move.move === 'tool') return toldOf(task, move);
      if ((move.move === 'attempt' || move.move === 'turn') && chance(weather.tools ?? 0)) return wantedBy(task, planned.tools.list);
    }
    switch (move.move) {
      case 'turn':
      case 'attempt':
        if (chance(weather.silence))
          return chance(0.1) ? { event: 'stuck' as const, code: 'tool_missing' as const, message: 'stuck' } : silent(task, pick(provider));
        if (chance(weather.content * early)) return silent(task, pick(content));
        return withJudges(move.move === 'attempt' ? move.judges : [], {
          event: 'answered' as const,
          output: chance(weather.sameText) ? 'same' : `${random()}`,
          verdicts: chance(weather.nonsense * early) ? [] : [verdict()],
          ...cost(task),
        });
      case 'sample': {
        const of = move.drafts.length;
        const drafts = move.drafts.map(({ attempt, judges }) => {
          const bill = share(task, of);
          if (chance(weather.silence))
            return chance(0.1)
              ? { attempt, event: 'stuck' as const, code: 'tool_missing' as const, message: 'stuck' }
              : { attempt, ...silent(task, pick(provider)), ...bill };
          if (chance(weather.content)) return { attempt, ...silent(task, pick(content)), ...bill };
          const key = chance(0.7) ? 'usual' : pick(['odd', 'other']);
          const answered = { attempt, event: 'answered' as const, output: chance(weather.sameText) ? key : `${key} ${random()}`, key };
          const looks = judges.length === 0 || chance(0.2) ? null : chance(weather.silence) ? ('silent' as const) : [verdict()];
          return { ...answered, verdicts: chance(weather.nonsense) ? [] : [verdict()], looks, ...bill };
        });
        return { event: 'sampled' as const, drafts };
      }
      case 'judge':
        if (chance(weather.silence)) return silent(task, pick(provider));
        if (chance(weather.nonsense))
          return chance(0.5) ? silent(task, pick(content)) : { event: 'answered' as const, output: '-', verdicts: [], ...cost(task) };
        return { event: 'answered' as const, output: '-', verdicts: [verdict()], ...cost(task) };
      case 'wait':
        at += move.ms;
        return { event: 'waited' as const };
      case 'block':
        at += move.retry_after_ms ?? 1_000;
        return { event: 'resumed' as const };
      case 'ask': {
        at += 3_600_000;
        const decision = chance(weather.person) ? pick(['reject', 'respond', 'edit', 'expired'] as const) : 'approve';
        return {
          event: 'decided' as const,
          decision,
          verdict: verdictOf('fail', { critic: 'person' }),
          value: decision === 'edit' ? 'edited' : 'shown',
        };
      }
      default:
        throw new Error(`nothing follows ${move.move}`);
    }
  }

  function call(lineage: string, pass: number, live: Task[]): Task | null {
    const name = lineage.split('#')[0] as string;
    if (!plan.steps[name]) return null;
    const known = memory.get(lineage);
    if (known) {
      state = recall(state, sliceKey(known.step, known.occurrence), pass);
      return null;
    }
    const verdicts = reproaches.get(lineage);
    const hint: Hint | null = verdicts ? { previous: 0, verdicts } : null;
    const task: Task = { step: name, lineage, occurrence: (state.counts[name] ?? 0) + 1, move: null };
    live.push(task);
    step(
      task,
      {
        step: name,
        occurrence: task.occurrence,
        at,
        event: 'called',
        lineage,
        pass,
        size: 60,
        value: chance(0.3) ? 'shown' : `${name} of pass ${pass}`,
        hint,
        remedy: hint ? 'backtrack' : 'first',
      },
      live,
    );
    return task;
  }

  for (let pass = 1; ; pass += 1) {
    const end = onePass(pass);
    for (const key of Object.keys(state.slices)) state = abandon(state, key, at);
    if (end !== 'backtrack') return { entries, end, final: state, passes: pass };
  }

  function onePass(pass: number): 'backtrack' | Walk['end'] {
    for (const stage of stages) {
      const live: Task[] = [];
      for (const lineage of stage) call(lineage, pass, live);
      while (live.length > 0) {
        const ended = live.findIndex(({ move }) => move?.move === 'accept' || move?.move === 'fail' || move?.move === 'backtrack');
        if (ended >= 0) {
          const [task] = live.splice(ended, 1);
          if (task?.move?.move === 'fail') return 'failed';
          if (task?.move?.move === 'accept') memory.set(task.lineage, { step: task.step, occurrence: task.occurrence });
          if (task?.move?.move === 'backtrack') {
            const { to, verdicts } = task.move;
            for (const [lineage, known] of memory)
              if (known.step === to.step && known.occurrence === to.occurrence) {
                memory.delete(lineage);
                reproaches.set(lineage, verdicts);
              }
            for (const lineage of memory.keys()) if (!lineage.startsWith('facts') && to.step === 'facts') memory.delete(lineage);
            return 'backtrack';
          }
          continue;
        }
        if (entries.length >= options.limit) return 'endless';
        const task = pick(live);
        const { step: name, occurrence } = task;
        step(task, { ...follow(task, task.move as Move), step: name, occurrence, at } as Happening, live);
      }
    }
    return 'returned';
  }
}

export const isBusy = (move: Move | null): boolean => ['attempt', 'sample', 'judge', 'turn', 'tool', 'wait'].includes(move?.move ?? '');
