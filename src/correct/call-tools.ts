/** What a step asks of the world while its model has tools: the model's turns, its calls, and a person for what writes. */
import type { CallRequest, CallResult } from '../shapes/call.ts';
import type { PinnedTool } from '../shapes/plan.ts';
import type { TalkTurn, ToolResult, WantedCall } from '../shapes/talk.ts';
import { common, generateRequest, type StepCall } from './call-requests.ts';
import { bytesOf, canonical, hashOf } from './canonical.ts';
import type { Refusal } from './state.ts';
import type { MoveOf } from './turn.ts';

/**
 * What was said in the attempt that is under way. `latest`: the calls of the latest turn, with what a person made of each.
 * `writes`: what the model was told of writes, by mark, in all attempts.
 */
export interface Said {
  turns: TalkTurn[];
  latest: { mark: string; edited?: { arguments: unknown }; words?: string }[];
  writes: Map<string, ToolResult>;
}
export const nothingSaid = (writes: Said['writes'] = new Map()): Said => ({ turns: [], latest: [], writes });

type Made = Exclude<CallResult, { type: 'stuck' }>;
type Place = MoveOf<'tool'>['calls'][number];

const sizeOf = (value: unknown): number => bytesOf(canonical(value));
const latestOf = ({ said }: StepCall): TalkTurn => said.turns.at(-1) as TalkTurn;
const wantedAt = (call: StepCall, n: number): WantedCall => latestOf(call).calls[n] as WantedCall;
const toolsOf = ({ planned }: StepCall): PinnedTool[] => (planned.kind === 'generate' ? (planned.tools?.list ?? []) : []);

/** What the model may ask for, and what was said so far. Absent for a step without tools. */
export function talkOf(call: StepCall, last = false): { talk?: { tools: string[]; said: TalkTurn[]; last: boolean } } {
  const tools = toolsOf(call).map(({ name }) => name);
  return tools.length === 0 ? {} : { talk: { tools, said: call.said.turns, last } };
}

export function turnRequest(call: StepCall, move: MoveOf<'turn'>): CallRequest {
  const name = `turn/${move.turn}/${move.try}`;
  const shared = common(call, { attempt: move.attempt, name, remedy: move.try === 1 ? 'first' : 'retry' });
  return { ...generateRequest(call, shared, { ...move, answer: null }), ...talkOf(call, move.last) };
}

/** The model asked for calls: they are kept for its next turns. */
export function heard(call: StepCall, { text, calls, usage, cost_usd }: Extract<CallResult, { type: 'calls' }>) {
  const marks = calls.map(({ tool, arguments: given }) => hashOf([tool, given]));
  call.said.turns.push({ text, calls, results: [] });
  call.said.latest = marks.map((mark) => ({ mark }));
  return {
    event: 'wanted' as const,
    calls: calls.map(({ tool, misfit }, n) => ({ tool, mark: marks[n] ?? '', fits: misfit === null })),
    bytes: sizeOf([text, calls]),
    usage,
    cost_usd,
  };
}

/** The call as it is to be made: with the arguments that a person gave, where one did. */
export function toolRequest(call: StepCall, move: MoveOf<'tool'>, { n, try: tries, refused }: Place): CallRequest {
  const { tool, arguments: wanted } = wantedAt(call, n);
  const given = call.said.latest[n]?.edited?.arguments ?? wanted;
  const { effect = 'reads', usd } = toolsOf(call).find(({ name }) => name === tool) ?? {};
  return {
    ...common(call, {
      attempt: move.attempt,
      name: `tool/${move.turn}/${n + 1}/${tool}/${tries}`,
      remedy: tries === 1 ? 'first' : 'retry',
    }),
    kind: 'tool',
    tool,
    effect,
    ...(usd === undefined ? {} : { usd }),
    arguments: given,
    effect_key: `${call.effect}:${tool}:${hashOf(given)}`,
    refused: refused === null ? null : { why: refused, told: refusalOf(call, n, refused) },
  };
}

/** What the model is told of a call that is not made. */
function refusalOf(call: StepCall, n: number, why: Refusal): ToolResult {
  const { tool, misfit } = wantedAt(call, n);
  const { mark = '', words = '' } = call.said.latest[n] ?? {};
  if (why === 'before') return call.said.writes.get(mark) ?? no('it was settled before');
  if (why === 'person') return no(`a person did not allow this call${words === '' ? '' : ` and says: ${words}`}`);
  const names = toolsOf(call).map(({ name }) => name);
  return no(misfit ?? `there is no tool '${tool}'; there are ${names.join(', ')}`);
}
const no = (error: string): ToolResult => ({ output: null, error });

/** The calls of one move have their results: they are kept for the model's next turn, and the reducer hears how each went. */
export function answered(call: StepCall, move: MoveOf<'tool'>, results: readonly Made[]) {
  const told = results.map((result, i) => resultAt(call, move.calls[i] as Place, result));
  move.calls.forEach(({ n, refused }, i) => {
    latestOf(call).results[n] = told[i] as ToolResult;
    if (refused !== 'before') call.said.writes.set(call.said.latest[n]?.mark ?? '', told[i] as ToolResult);
  });
  return { event: 'told' as const, results: results.map(fateOf), bytes: sizeOf(told), usage: null, cost_usd: costOf(results) };
}

function resultAt(call: StepCall, { n, refused }: Place, result: Made): ToolResult {
  const edited = call.said.latest[n]?.edited;
  const notes = [
    ...(edited ? [`A person changed the arguments to ${canonical(edited.arguments)}.`] : []),
    ...(refused === 'before' ? ['The very same call was settled before in this step, so it was not made again.'] : []),
  ];
  const told =
    result.type === 'answer'
      ? { output: result.output, error: null }
      : no(result.type === 'nothing' ? result.message : 'no tool answers so');
  return notes.length === 0 ? told : { ...told, note: notes.join(' ') };
}

/** Null as soon as one of them is not known: then all that was set aside counts. */
const costOf = (results: readonly Made[]): number | null =>
  results.some(({ cost_usd }) => cost_usd === null) ? null : results.reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0);

const fateOf = (result: Made): 'given' | 'failed' | 'lost' => {
  if (result.type === 'answer') return 'given';
  return result.type === 'nothing' && (result.outcome === 'abandoned' || result.outcome === 'cancelled') ? 'lost' : 'failed';
};

/** A person's words on a write, and the arguments they gave instead. */
export function ruledOn(call: StepCall, n: number, { decision, value, words }: { decision: string; value: unknown; words: string }): void {
  const at = call.said.latest[n];
  if (!at) return;
  at.words = words;
  if (decision === 'edit') at.edited = { arguments: value };
}

/** What tools gave in this attempt, in the order in which the model was told: it may be evidence. */
export function foundIn(call: StepCall): { found?: unknown[] } {
  const outputs = call.said.turns.flatMap(({ results }) => results.flatMap(({ output }) => (output === null ? [] : [output])));
  return outputs.length === 0 ? {} : { found: outputs };
}
