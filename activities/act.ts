import { milliseconds } from '../src/define/duration.ts';
import { hashOf } from '../src/correct/canonical.ts';
import { TrimtabError, messageOf } from '../src/errors.ts';
import type { CallRequest, CallResult } from '../src/shapes/call.ts';
import { fenced, limited, stuck } from './call.ts';
import type { CallContext, HandsDependencies } from './dependencies.ts';
import { judgeByRules } from './rules.ts';

/**
 * Do something to the world. The key is the same whenever the effect is the same, so a receiver that honours it sees one
 * effect, however often we had to try (C8). Money is not known here: an effect is booked at 0 USD.
 */
export async function act(
  deps: HandsDependencies,
  request: Extract<CallRequest, { kind: 'act' }>,
  context: CallContext,
): Promise<CallResult> {
  const definition = deps.chains.get(request.chain)?.definition.steps[request.key.step];
  if (definition?.kind !== 'act')
    return stuck('tool_missing', `this build knows no act step '${request.key.step}' in chain '${request.chain}'`);
  const { run_id, step } = request.key;
  return fenced(
    request,
    { kind: 'act' },
    {
      ledger: deps.ledger,
      context,
      async make() {
        const limit = limited(context, milliseconds(definition.timeout, 'timeout'));
        const sent = { idempotency_key: request.effect_key };
        const nothing = (outcome: 'transport' | 'cancelled' | 'invalid', message: string) => ({
          sent,
          result: { type: 'nothing' as const, outcome, message, retry_after_ms: null, output: null, usage: null, cost_usd: 0 },
        });
        try {
          const done: unknown = await definition.do(request.input, {
            key: request.effect_key,
            run_id,
            step,
            signal: limit.signal,
            services: deps.services,
          });
          const parsed = definition.output.safeParse(done);
          if (!parsed.success)
            return nothing(
              'invalid',
              `the receiver answered something that is no output of '${step}': ${parsed.error.issues[0]?.message ?? ''}`,
            );
          const verdicts = await judgeByRules(parsed.data, { checks: [], wanted: [], input: request.input, evidence: [] });
          return {
            sent,
            result: { type: 'answer', output: parsed.data, output_hash: hashOf(parsed.data), verdicts, usage: null, cost_usd: 0 },
          };
        } catch (error) {
          if (context.signal.aborted) return nothing('cancelled', 'cancelled while the effect was under way; it may have gone out');
          return nothing(
            error instanceof TrimtabError && error.code === 'effect_failed' ? 'invalid' : 'transport',
            limit.timedOut() ? `no answer within ${String(definition.timeout)}` : messageOf(error),
          );
        }
      },
    },
  );
}
