import { fitted } from '../src/define/json-schema.ts';
import type { GenerateDefinition } from '../src/define/step.ts';
import { costOf } from '../src/providers/prices.ts';
import type { Completion } from '../src/providers/provider.ts';
import type { CallRequest } from '../src/shapes/call.ts';
import type { WantedCall } from '../src/shapes/talk.ts';
import type { CallEnd } from '../src/store/ledger.ts';

type Calls = Extract<Completion, { type: 'calls' }>;
type GenerateRequest = Extract<CallRequest, { kind: 'generate' }>;

/** More calls at once are no plan, but a model that runs away. */
const mostAtOnce = 8;

/** What the model asked for, each call looked at before a person or a tool sees it. */
export function callsOf(
  completion: Calls,
  { definition, request }: { definition: GenerateDefinition; request: GenerateRequest },
): CallEnd['result'] {
  const { text, calls, usage } = completion;
  const cost_usd = costOf(request.model, usage);
  if (calls.length <= mostAtOnce)
    return { type: 'calls', text, calls: calls.map((call) => wanted(call, definition, request)), usage, cost_usd };
  const message = `asked for ${calls.length} calls of tools at once; ask for ${mostAtOnce} at most`;
  return { type: 'nothing', outcome: 'invalid', message, retry_after_ms: null, output: null, usage, cost_usd };
}

/** A tool of the plan that this build has not is no misfit of the model's: the call finds it missing. */
function wanted({ name, arguments: wrote }: Calls['calls'][number], { tools }: GenerateDefinition, { talk }: GenerateRequest): WantedCall {
  const names = talk?.tools ?? [];
  const given = parsed(wrote);
  const called = names.includes(name) ? name : name.replace(/\W/g, '_').slice(0, 48) || 'nameless';
  const misfit = (why: string): WantedCall => ({ tool: called, arguments: given ?? wrote, misfit: why });
  if (!names.includes(name)) return misfit(`there is no tool '${called}' here; there are ${names.join(', ')}`);
  if (given === undefined) return misfit('the arguments are no JSON object; write them as one');
  const tool = tools.find((one) => one.name === name);
  const fit = tool ? fitted(tool.input, given) : null;
  return fit === null || fit.ok ? { tool: name, arguments: given, misfit: null } : misfit(`the arguments do not fit: ${fit.message}`);
}

/** Nothing written is no argument given. */
function parsed(wrote: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(wrote.trim() === '' ? '{}' : wrote);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
