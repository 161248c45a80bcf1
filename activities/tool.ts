import { milliseconds } from '../src/define/duration.ts';
import { fitted } from '../src/define/json-schema.ts';
import type { Services } from '../src/define/source.ts';
import type { AnyTool } from '../src/define/tool.ts';
import { hashOf } from '../src/correct/canonical.ts';
import { messageOf, TrimtabError } from '../src/errors.ts';
import { safeMessage } from '../src/providers/outcomes.ts';
import type { CallRequest, CallResult } from '../src/shapes/call.ts';
import type { CallEnd } from '../src/store/ledger.ts';
import { fenced, limited, stuck } from './call.ts';
import type { CallContext, HandsDependencies } from './dependencies.ts';
import { boundedOutput } from './tool-output.ts';

type ToolRequest = Extract<CallRequest, { kind: 'tool' }>;

/**
 * Make a call that the model asked for. What goes wrong in it is told to the model in one line; only a build that does not have the
 * tool as it was planned cannot go on (C12). A call costs what the tool says of itself; one that went wrong may have cost it or not.
 */
export async function tool(deps: HandsDependencies, request: ToolRequest, context: CallContext): Promise<CallResult> {
  const found = request.refused === null ? await ready(deps, request, context) : null;
  if (found !== null && 'type' in found) return found;
  return fenced(
    request,
    { kind: 'generate' },
    {
      ledger: deps.ledger,
      context,
      async make() {
        const sent = {
          arguments: request.arguments,
          ...(request.effect === 'writes' && found ? { idempotency_key: request.effect_key } : {}),
        };
        return { sent, result: found === null ? refused(request) : await make({ deps, request, context }, found) };
      },
    },
  );
}

/** Only recorded. What was settled before is told again as it was. */
function refused({ refused: why }: ToolRequest): CallEnd['result'] {
  if (why === null || why.told.error !== null) return nothing(why?.why === 'misfit' ? 'invalid' : 'refused', why?.told.error ?? 'refused');
  return given(why.told.output);
}

/** The tool as this build has it; a person must act first where it has it no more, or has one that does more than was planned. */
async function ready(
  deps: HandsDependencies,
  request: ToolRequest,
  context: CallContext,
): Promise<AnyTool | Extract<CallResult, { type: 'stuck' }>> {
  const { chain, key, tool: name, effect } = request;
  const step = deps.chains.get(chain)?.definition.steps[key.step];
  const found = step?.kind === 'generate' ? step.tools.find((one) => one.name === name) : undefined;
  if (!found) return stuck('tool_missing', `this build knows no tool '${name}' in step '${key.step}' of chain '${chain}'`);
  if (found.effect !== effect)
    return stuck(
      'tool_missing',
      `tool '${name}' of step '${key.step}' ${found.effect} in this build; the run was planned with one that ${effect}`,
    );
  try {
    await found.ready?.({ services: deps.services, signal: context.signal });
    return found;
  } catch (error) {
    if (error instanceof TrimtabError) return stuck(error.code, error.message);
    throw error;
  }
}

type Call = { deps: HandsDependencies; request: ToolRequest; context: CallContext };

async function make({ deps, request, context }: Call, found: AnyTool): Promise<CallEnd['result']> {
  const parsed = fitted(found.input, request.arguments);
  if (!parsed.ok) return nothing('invalid', `the arguments do not fit: ${parsed.message}`);
  const limit = limited(context, Math.min(milliseconds(found.timeout, 'timeout'), request.deadline_ms));
  const { services, secrets } = watched(deps.services);
  const { key, input, effect_key, effect, usd = 0 } = request;
  const perhaps = usd > 0 ? null : 0;
  try {
    const done: unknown = await within(
      limit.signal,
      found.do(parsed.value, { key: effect_key, run_id: key.run_id, step: key.step, input, signal: limit.signal, services }),
    );
    const output = found.output === null ? { ok: true as const, value: done } : fitted(found.output, done);
    return output.ok
      ? given(boundedOutput(output.value), usd)
      : nothing('invalid', `the tool answered in another form than its own: ${output.message}`, usd);
  } catch (error) {
    const unknown = effect === 'writes' ? '; it may have been done all the same' : '';
    if (context.signal.aborted) return nothing('cancelled', `cancelled while the tool was at work${unknown}`, perhaps);
    return nothing(
      'transport',
      limit.timedOut()
        ? `no answer within ${String(found.timeout)}${unknown}`
        : safeMessage(`the tool failed: ${messageOf(error)}`, secrets),
      perhaps,
    );
  }
}

/** Ends with the tool, or when the signal does: one that ignores the signal must not hold the step. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop: () => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The services, and every secret that was read through them: none of it is told to the model or stands on the record. */
function watched(services: Services): { services: Services; secrets: string[] } {
  const secrets: string[] = [];
  const secret = (name: string): string | undefined => {
    const value = services.secret(name);
    if (value) secrets.push(value);
    return value;
  };
  return { services: { ...services, secret }, secrets };
}

const given = (output: unknown, cost_usd = 0): CallEnd['result'] => ({
  type: 'answer',
  output,
  output_hash: hashOf(output),
  verdicts: [],
  usage: null,
  cost_usd,
});

const nothing = (
  outcome: 'invalid' | 'refused' | 'cancelled' | 'transport',
  message: string,
  cost_usd: number | null = 0,
): CallEnd['result'] => ({ type: 'nothing', outcome, message, retry_after_ms: null, output: null, usage: null, cost_usd });
