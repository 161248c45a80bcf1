import { createHands } from '../activities/hands.ts';
import { resolvePlan } from '../activities/plan.ts';
import type { Body } from '../src/correct/conduct.ts';
import type { AnyChain, InputOf, OutputOf } from '../src/define/chain.ts';
import type { Services } from '../src/define/source.ts';
import { createOpen } from '../src/egress/open.ts';
import { TrimtabError } from '../src/errors.ts';
import { chainPrompts } from '../src/prompts/prompt.ts';
import type { Completion, CompletionRequest, Message, Provider } from '../src/providers/provider.ts';
import type { RunError } from '../src/shapes/run.ts';
import type { Verdict } from '../src/shapes/verdict.ts';
import { createClock } from './clock.ts';
import { createInProcessEngine, type AskedQuestion, type ParkedCause, type People } from './in-process-engine.ts';
import { memoryLedger, type MemoryRow } from './memory-ledger.ts';
import { testModel } from './plans.ts';
import { runInProcess } from './run-in-process.ts';
import { approveAll } from './scripted-people.ts';

/** What a scripted model says: an output (sent as JSON), its own text, calls of its tools (`arguments`: a string goes as it is), or what came instead of an answer. */
export type Said =
  | { output: unknown }
  | { text: string }
  | { calls: readonly { tool: string; arguments: unknown }[]; text?: string }
  | { nothing: 'refused' | 'truncated' | 'filtered' | 'empty' | 'rate_limited' | 'overloaded' | 'transport' | 'auth' };
export type ScriptedModel = readonly Said[] | ((call: { messages: Message[]; n: number }) => Said);

export interface ChainTest<C> {
  input: InputOf<C>;
  /** The chain's folder: its prompts are read from `prompts/` in it. */
  folder: string;
  /** By role. A list is said in turn, its last entry again and again. A role without a script fails the test by name. */
  models: Record<string, ScriptedModel>;
  people?: People;
  services?: Partial<Services>;
}

/** `outcome`: pass, fail or unsure by its verdicts, `calls` where the model asked for tools, or what came instead of an answer. `output`: null without an answer. */
export interface ChainTestCall {
  step: string;
  occurrence: number;
  attempt: number;
  call: string;
  remedy: string;
  outcome: string;
  output: unknown;
  verdicts: readonly Verdict[];
}

export interface ChainTestResult<C> {
  /** `blocked`: a cause that a person must remove; the test ends there. */
  status: 'succeeded' | 'failed' | 'cancelled' | 'blocked';
  output: OutputOf<C> | null;
  error: Pick<RunError, 'code' | 'message' | 'step'> | null;
  /** One a call, in order: drafts, critics, sources, effects, tools and the turns of a model between them. */
  calls: ChainTestCall[];
  questions: readonly AskedQuestion[];
  /** What each model was sent, by role. */
  sent: Record<string, Message[][]>;
}

/** Run a chain in this process, without servers: the real loop, hands, checks and prompts; models and people are scripted, time is virtual. */
export async function runChain<C extends AnyChain>(
  definition: C,
  workflow: { readonly body: Body },
  options: ChainTest<C>,
): Promise<ChainTestResult<C>> {
  const chain = {
    name: 'test-chain',
    folder: options.folder,
    definition,
    prompts: await chainPrompts(`${options.folder}/prompts`, definition),
  };
  const sent: ChainTestResult<C>['sent'] = {};
  const trouble: unknown[] = [];
  const ledger = memoryLedger();
  const providers = new Map([['scripted', scripted(options.models, sent)]]);
  const perform = createHands({
    ledger,
    chains: new Map([[chain.name, chain]]),
    providers,
    storedPrompt: async () => null,
    services: { ...withoutServices(trouble), ...options.services },
  });
  const plan = resolvePlan(chain, 'run_test', {
    build: 'test',
    modelFor: (role) => testModel({ role, provider: 'scripted', model: role, max_output_tokens: 1_000 }),
  });
  const engine = createInProcessEngine({
    clock: createClock({ auto: true }),
    people: options.people ?? approveAll,
    perform: (request, signal) =>
      perform(request, { signal, progress: () => undefined }).catch((error: unknown) => {
        trouble.push(error);
        throw error;
      }),
  });
  const input: unknown = definition.input.parse(options.input);
  const blocked = engine
    .when(() => engine.causes.length > 0)
    .then(() => ({ type: 'blocked' as const, error: engine.causes[0] as ParkedCause }));
  const ended = await Promise.race([runInProcess({ plan, body: workflow.body, input, engine }), blocked]);
  if (trouble.length > 0) throw trouble[0];
  return {
    status: ended.type,
    output: ended.type === 'succeeded' ? (definition.output.parse(ended.output) as OutputOf<C>) : null,
    error: 'error' in ended ? ended.error : null,
    calls: ledger.rows.map(callOf),
    questions: engine.questions,
    sent,
  };
}

const callOf = ({ start, end }: MemoryRow): ChainTestCall => {
  const { step, occurrence, attempt, call } = start.key;
  const result = end?.result ?? null;
  const answer = result?.type === 'answer' ? result : null;
  return {
    step,
    occurrence,
    attempt,
    call,
    remedy: start.remedy,
    outcome: answer ? verdictOf(answer.verdicts) : result?.type === 'nothing' ? result.outcome : (result?.type ?? 'started'),
    output: answer?.output ?? null,
    verdicts: answer?.verdicts ?? [],
  };
};

const verdictOf = (verdicts: readonly { verdict: string }[]): string =>
  verdicts.some(({ verdict }) => verdict === 'fail') ? 'fail' : verdicts.some(({ verdict }) => verdict === 'unsure') ? 'unsure' : 'pass';

/** One provider that plays every role: the model's name is the role. */
function scripted(models: Record<string, ScriptedModel>, sent: Record<string, Message[][]>): Provider {
  return {
    name: 'scripted',
    async complete({ model: role, messages, tools }) {
      const calls = (sent[role] ??= []);
      calls.push(messages);
      const script = models[role];
      const said =
        typeof script === 'function' ? script({ messages, n: calls.length }) : script?.[Math.min(calls.length, script.length) - 1];
      if (said === undefined) throw new TrimtabError('config', `no model plays '${role}' in this test: add it to models`);
      if ('nothing' in said)
        return { type: 'nothing', outcome: said.nothing, message: 'as scripted', retry_after_ms: null, text: null, usage: null };
      if ('calls' in said) return callsOf(role, said, tools);
      return {
        type: 'answer',
        text: 'text' in said ? said.text : JSON.stringify(said.output),
        usage: { input_tokens: 10, output_tokens: 10 },
        model: role,
      };
    },
  };
}

const callsOf = (model: string, said: Extract<Said, { calls: unknown }>, tools: CompletionRequest['tools']): Completion => {
  const usage = { input_tokens: 10, output_tokens: 10 };
  const text = said.text ?? '';
  if (!tools || tools.answers)
    return {
      type: 'nothing',
      outcome: 'invalid',
      message: 'scripted called a tool that it was not offered',
      retry_after_ms: null,
      text,
      usage,
    };
  const calls = said.calls.map(({ tool, arguments: given }) => ({
    name: tool,
    arguments: typeof given === 'string' ? given : JSON.stringify(given),
  }));
  return { type: 'calls', text, calls, usage, model };
};

/** What the test does not lend fails it by name, even where a chain would go on without the source. */
function withoutServices(trouble: unknown[]): Services {
  const absent = async (what: string): Promise<never> => {
    const error = new TrimtabError('config', `this test lends no ${what}: give it in services`);
    trouble.push(error);
    throw error;
  };
  return {
    knowledge: () => absent('knowledge'),
    database: () => absent('database'),
    // A test reaches doubles on this machine, and nothing else.
    open: createOpen({ allow: ['127.0.0.1:*', 'localhost:*'], ports: [] }),
    sql: () => absent('sql'),
    mcp: { tools: () => absent('mcp'), check: () => absent('mcp'), call: () => absent('mcp') },
    describeSql: () => absent('describeSql'),
    cached: (_, ask) => ask(),
    secret: () => undefined,
    endpoint: () => undefined,
  };
}
