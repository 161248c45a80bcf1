import { promptBytes } from '../src/correct/attachments.ts';
import { bytesOf, canonical } from '../src/correct/canonical.ts';
import { estimate } from '../src/correct/budget.ts';
import { milliseconds } from '../src/define/duration.ts';
import { timeOf } from '../src/providers/ask.ts';
import type { Leaving } from '../src/providers/limiter.ts';
import type { Provider } from '../src/providers/provider.ts';
import { limitsHeard, type HeardLimits } from '../src/providers/rate-headers.ts';
import type { CallRequest, CallResult } from '../src/shapes/call.ts';
import { criticMs } from './critic.ts';
import type { CallContext, HandsDependencies } from './dependencies.ts';

type ModelRequest = Extract<CallRequest, { kind: 'generate' | 'critic' }>;

/** How long a provider is left alone that limits the rate and does not say for how long. */
const usualPauseMs = 2_000;

/**
 * Make a call to a model when the limits of its account let it through. It waits before its row is there (C5): a wait is no try,
 * and a worker that is lost while it waits leaves nothing behind. When it is over the account learns what it took and what the
 * provider said.
 */
export async function admitted(
  deps: HandsDependencies,
  { request, context }: { request: ModelRequest; context: CallContext },
  make: (deps: HandsDependencies) => Promise<CallResult>,
): Promise<CallResult> {
  if (!deps.limiter) return make(deps);
  const model = request.kind === 'critic' ? request.critic.model : request.model;
  const permit = await deps.limiter.enter({
    account: model.provider,
    chain: request.chain,
    tokens: () => estimate(model, { bytes: promptBytes(request.input) + saidIn(request) }).tokens,
    timeout_ms: timeoutOf(deps, request),
    signal: context.signal,
  });
  let heard: HeardLimits | null = null;
  const provider = deps.providers.get(model.provider);
  const listening = (headers: Headers): void => {
    heard = limitsHeard(headers, Date.now()) ?? heard;
  };
  const providers = provider ? new Map([[model.provider, overheard(provider, listening)]]) : deps.providers;
  let result: CallResult | null = null;
  try {
    result = await make({ ...deps, providers });
    return result;
  } finally {
    // The books are a help: without them the grant ends by its own time.
    await permit.leave({ ...spentBy(result), heard }).catch(() => undefined);
  }
}

const saidIn = (request: ModelRequest): number => (request.kind === 'generate' && request.talk ? bytesOf(canonical(request.talk.said)) : 0);

const overheard = (provider: Provider, listen: (headers: Headers) => void): Provider => ({
  name: provider.name,
  complete: (request, options) =>
    provider.complete(request, {
      ...options,
      onResponse: (status, headers) => {
        listen(headers);
        options.onResponse?.(status, headers);
      },
    }),
});

/** Tokens null: unknown, so what was estimated counts. */
function spentBy(result: CallResult | null): Pick<Leaving, 'tokens' | 'pause_ms'> {
  if (result === null || result.type === 'stuck') return { tokens: result === null ? null : 0, pause_ms: null };
  const { usage } = result;
  const tokens = usage ? usage.input_tokens + usage.output_tokens : result.cost_usd === 0 ? 0 : null;
  const limited = result.type === 'nothing' && result.outcome === 'rate_limited';
  return { tokens, pause_ms: limited ? (result.retry_after_ms ?? usualPauseMs) : null };
}

function timeoutOf(deps: HandsDependencies, request: ModelRequest): number {
  if (request.kind === 'critic') return timeOf(request.critic.model, criticMs).total_ms;
  const definition = deps.chains.get(request.chain)?.definition.steps[request.key.step];
  return timeOf(request.model, definition?.kind === 'generate' ? milliseconds(definition.timeout, 'timeout') : criticMs).total_ms;
}
