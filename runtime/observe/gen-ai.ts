import type { Completion, CompletionRequest } from '../../src/providers/provider.ts';
import type { Usage } from '../../src/shapes/usage.ts';
import type { Verdict } from '../../src/shapes/verdict.ts';
import type { CallEnd, CallStart } from '../../src/store/ledger.ts';
import type { EndedSpan, SpanAttributes } from './tracing.ts';

/** What is known of a provider's part in a call. Times in ms since 1970. */
export interface Asked {
  start: number;
  end: number;
  request: CompletionRequest;
  completion: Completion;
}

/** The name of a call's span, the same in every process. */
export const callSpan = ({ step, occurrence, attempt, call }: CallStart['key']): string =>
  ['call', step, occurrence, attempt, call].join('/');

/** What a call's span says without a word of a customer: names, numbers, outcomes (OpenTelemetry's GenAI names where it has one). */
export function callAttributes(start: CallStart): SpanAttributes {
  const { step, occurrence, attempt, call } = start.key;
  return {
    'trimtab.step': step,
    'trimtab.occurrence': occurrence,
    'trimtab.attempt': attempt,
    'trimtab.call': call,
    'trimtab.pass': start.pass,
    'trimtab.remedy': start.remedy,
    ...operationOf(start),
    ...(start.prompt === null ? {} : { 'gen_ai.prompt.name': start.prompt.name, 'trimtab.prompt.version': start.prompt.version }),
    ...(start.demo ? { 'trimtab.demo': true } : {}),
  };
}

function operationOf({ kind, key, provider, model }: CallStart): SpanAttributes {
  const [call, , , tool] = key.call.split('/');
  if (call === 'tool') return { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool ?? '' };
  if (kind === 'act') return { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': key.step };
  if (kind === 'retrieve') return { 'gen_ai.operation.name': 'retrieval', 'gen_ai.data_source.id': provider ?? '' };
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.output.type': 'json',
    ...(provider === null ? {} : { 'gen_ai.provider.name': provider }),
    ...(model === null ? {} : { 'gen_ai.request.model': model }),
  };
}

export const spanName = (start: CallStart): string =>
  start.kind === 'act'
    ? `execute_tool ${start.key.step}`
    : start.kind === 'retrieve'
      ? `retrieval ${start.key.step}`
      : start.key.call.startsWith('tool/')
        ? `execute_tool ${start.key.call.split('/')[3] ?? ''}`
        : `chat ${start.model}`;

export function usageAttributes(usage: Usage | null): SpanAttributes {
  if (usage === null) return {};
  return {
    'gen_ai.usage.input_tokens': usage.input_tokens,
    'gen_ai.usage.output_tokens': usage.output_tokens,
    ...(usage.cached_tokens === undefined ? {} : { 'gen_ai.usage.cache_read.input_tokens': usage.cached_tokens }),
    ...(usage.reasoning_tokens === undefined ? {} : { 'gen_ai.usage.reasoning.output_tokens': usage.reasoning_tokens }),
  };
}

export function askedAttributes(asked: Asked | undefined): SpanAttributes {
  if (asked === undefined) return {};
  const { request, completion } = asked;
  return {
    'gen_ai.request.max_tokens': request.max_output_tokens,
    ...(request.temperature === null ? {} : { 'gen_ai.request.temperature': request.temperature }),
    ...(completion.type === 'nothing' ? {} : { 'gen_ai.response.model': completion.model }),
  };
}

/** A verdict as `gen_ai.evaluation.result`. Its reason may quote a customer. */
export const verdictEvent = (verdict: Verdict, of: { at: number; content: boolean }): NonNullable<EndedSpan['events']>[number] => ({
  name: 'gen_ai.evaluation.result',
  at: of.at,
  attributes: {
    'gen_ai.evaluation.name': verdict.critic,
    'gen_ai.evaluation.score.label': verdict.verdict,
    'trimtab.critic.version': verdict.version,
    ...(verdict.score === null ? {} : { 'gen_ai.evaluation.score.value': verdict.score }),
    ...(verdict.blames === null ? {} : { 'trimtab.blames': verdict.blames.step }),
    ...(of.content && verdict.reason !== '' ? { 'gen_ai.evaluation.explanation': verdict.reason } : {}),
  },
});

/** Only with content capture: what went to the model and what it wrote, in the form of the conventions. */
export function contentAttributes(asked: Asked | undefined, { result }: CallEnd): SpanAttributes {
  if (asked === undefined) return {};
  const part = (content: string) => [{ type: 'text', content }];
  const { messages } = asked.request;
  const system = messages.filter(({ role }) => role === 'system').flatMap(({ content }) => part(content));
  const text = asked.completion.text;
  const finish_reason = result.type === 'answer' ? 'stop' : result.type === 'calls' ? 'tool_call' : result.outcome;
  return {
    ...(system.length === 0 ? {} : { 'gen_ai.system_instructions': JSON.stringify(system) }),
    'gen_ai.input.messages': JSON.stringify(
      messages.filter(({ role }) => role !== 'system').map(({ role, content }) => ({ role, parts: part(content) })),
    ),
    ...(text === null ? {} : { 'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: part(text), finish_reason }]) }),
  };
}
