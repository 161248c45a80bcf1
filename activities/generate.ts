import type { GenerateDefinition } from '../src/define/step.ts';
import { jsonSchemaOf, parseOutput } from '../src/define/json-schema.ts';
import type { Services } from '../src/define/source.ts';
import { milliseconds } from '../src/define/duration.ts';
import { widening } from '../src/correct/budget.ts';
import { withoutFiles } from '../src/correct/attachments.ts';
import { hashOf } from '../src/correct/canonical.ts';
import { passagesIn } from '../src/checks/passages.ts';
import { adviceMessages } from '../src/prompts/advice.ts';
import { messageOf, TrimtabError } from '../src/errors.ts';
import { renderPrompt, type Prompt, type PromptMessage } from '../src/prompts/prompt.ts';
import { askOf, timeOf } from '../src/providers/ask.ts';
import { costOf } from '../src/providers/prices.ts';
import type { Completion, CompletionRequest, Message } from '../src/providers/provider.ts';
import type { CallRequest, CallResult } from '../src/shapes/call.ts';
import type { PinnedModel } from '../src/shapes/plan.ts';
import type { CallEnd } from '../src/store/ledger.ts';
import { fenced, stuck } from './call.ts';
import { foundIn, talkMessages } from './talk-messages.ts';
import { callsOf } from './wanted-calls.ts';
import type { CallContext, HandsDependencies } from './dependencies.ts';
import { judgeByRules } from './rules.ts';
import { recorded, withFiles } from './shown-files.ts';

type GenerateRequest = Extract<CallRequest, { kind: 'generate' }>;

/** Ask the model for a draft and let the rules look at it. */
export async function generate(deps: HandsDependencies, request: GenerateRequest, context: CallContext): Promise<CallResult> {
  const definition = deps.chains.get(request.chain)?.definition.steps[request.key.step];
  if (definition?.kind !== 'generate')
    return stuck('tool_missing', `this build knows no generate step '${request.key.step}' in chain '${request.chain}'`);
  const prompt = await promptOf(deps, request.chain, request.prompt);
  if (prompt === null)
    return stuck('tool_missing', `prompt '${request.prompt.name}' version ${request.prompt.version} is in no build and not in the records`);
  const provider = deps.providers.get(request.model.provider);
  if (!provider)
    return stuck('tool_missing', `this build knows no provider '${request.model.provider}'; name it under providers in trimtab.config.ts`);
  const filled = fill(prompt, withoutFiles(request.input) as Record<string, unknown>);
  if ('type' in filled) return filled;
  const shown = passagesIn(request.input).length;
  const said = talkMessages(request.talk?.said ?? [], shown);
  const messages: Message[] = [...withFiles(filled, request.input), ...adviceMessages(request.advice), ...said];
  const facts = {
    kind: 'generate',
    provider: request.model.provider,
    model: request.model.model,
    demo: request.model.demo,
    prompt: request.prompt,
  } as const;
  const draft = await fenced(request, facts, {
    ledger: deps.ledger,
    context,
    async make() {
      const { total_ms, idle_ms } = timeOf(request.model, milliseconds(definition.timeout, 'timeout'));
      const completion = await provider.complete(
        {
          ...askOf(request.model),
          messages,
          max_output_tokens: request.model.max_output_tokens * (request.widen ? widening : 1),
          schema: { name: request.key.step, json_schema: jsonSchemaOf(definition.output) },
          tools: offersOf(definition, request),
        },
        {
          signal: context.signal,
          total_ms: Math.min(total_ms, request.deadline_ms),
          idle_ms,
          onProgress: context.progress,
          call_id: Object.values(request.key).join('/'),
        },
      );
      return { sent: sentOf(request, messages), result: await draftOf(completion, { definition, request, services: deps.services }) };
    },
  });
  return withVote(draft, { definition, request });
}

/** Which other answers this one agrees with, by the key of the vote it is drawn for. */
function withVote(draft: CallResult, { definition, request }: { definition: GenerateDefinition; request: GenerateRequest }): CallResult {
  const { vote, key } = request;
  if (draft.type !== 'answer' || vote === undefined) return draft;
  const rung = vote.rung === null ? definition.sample : definition.ladder[vote.rung];
  if (rung?.rung !== 'vote') return stuck('tool_missing', `step '${key.step}' of this build has no vote where the run's plan has one`);
  try {
    const agrees = rung.key ? rung.key(draft.output as never) : draft.output_hash;
    if (typeof agrees === 'string') return { ...draft, vote_key: agrees };
    return stuck('chain_error', `the key of the vote in step '${key.step}' gave ${typeof agrees}; it must give a text`);
  } catch (error) {
    return stuck('chain_error', `the key of the vote in step '${key.step}' threw: ${messageOf(error)}`);
  }
}

/** What the plan lists and this build has. A tool that it has not is missed when the model asks for it. */
function offersOf({ tools }: GenerateDefinition, { talk }: GenerateRequest): CompletionRequest['tools'] {
  if (!talk) return undefined;
  const offers = tools
    .filter(({ name }) => talk.tools.includes(name))
    .map(({ name, description, input }) => ({ name, description, json_schema: jsonSchemaOf(input) }));
  return { offers, answers: talk.last };
}

/** Of a later turn what is new in it: the calls before stand on the record of the turns before. */
function sentOf({ key, talk }: GenerateRequest, messages: Message[]): unknown {
  if (!talk) return { messages: recorded(messages) };
  if (key.call === 'draft') return { messages: recorded(messages), tools: talk.tools };
  const results = messages.at(-1)?.results ?? [];
  return { messages: results.map(({ name, content }) => ({ role: `tool ${name}`, content })), ...(talk.last ? { tools: [] } : {}) };
}

/** A prompt version: from the build while it has it, else from the records (C4). */
export async function promptOf(deps: HandsDependencies, chain: string, pinned: { name: string; version: string }): Promise<Prompt | null> {
  const current = deps.chains.get(chain)?.prompts.get(pinned.name);
  return current?.version === pinned.version ? current : deps.storedPrompt(pinned.name, pinned.version);
}

/** A prompt that cannot be filled lacks a value that the chain did not give: only other code helps, trying again does not. */
export function fill(prompt: Prompt, values: Record<string, unknown>): PromptMessage[] | Extract<CallResult, { type: 'stuck' }> {
  try {
    return renderPrompt(prompt, values);
  } catch (error) {
    if (!(error instanceof TrimtabError)) throw error;
    return stuck(
      'chain_error',
      `${error.message}. The run keeps this version of the prompt (${prompt.version}): let the chain function give the value, or mend the prompt and start a new run`,
    );
  }
}

async function draftOf(
  completion: Completion,
  of: { definition: GenerateDefinition; request: GenerateRequest; services: Services },
): Promise<CallEnd['result']> {
  const { definition, request, services } = of;
  const cost_usd = costOf(request.model, completion.usage);
  if (completion.type === 'nothing') return nothingOf(completion, request.model);
  if (completion.type === 'calls') return callsOf(completion, { definition, request });
  const parsed = parseOutput(definition.output, completion.text);
  if (!parsed.ok) {
    return {
      type: 'nothing',
      outcome: 'invalid',
      message: parsed.message,
      retry_after_ms: null,
      output: completion.text,
      usage: completion.usage,
      cost_usd,
    };
  }
  const verdicts = await judgeByRules(parsed.value, {
    checks: definition.checks,
    wanted: request.checks,
    input: request.input,
    evidence: [...passagesIn(request.input), ...foundIn(request.talk?.said ?? [])],
    services,
  });
  return { type: 'answer', output: parsed.value, output_hash: hashOf(parsed.value), verdicts, usage: completion.usage, cost_usd };
}

/** Outcomes that a provider does not charge for. */
const free: ReadonlySet<string> = new Set(['rate_limited', 'overloaded', 'auth', 'spend_cap', 'model_gone', 'too_large']);

export function nothingOf(completion: Extract<Completion, { type: 'nothing' }>, model: PinnedModel): CallEnd['result'] {
  const cost_usd = completion.usage ? costOf(model, completion.usage) : free.has(completion.outcome) ? 0 : null;
  return {
    type: 'nothing',
    outcome: completion.outcome,
    ...(completion.left_alone ? { left_alone: true } : {}),
    message: completion.message,
    retry_after_ms: completion.retry_after_ms,
    output: completion.text === '' ? null : completion.text,
    usage: completion.usage,
    cost_usd,
  };
}
