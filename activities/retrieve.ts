import { milliseconds } from '../src/define/duration.ts';
import { hashOf } from '../src/correct/canonical.ts';
import { gather } from '../src/tools/gather.ts';
import type { CallRequest, CallResult } from '../src/shapes/call.ts';
import { messageOf } from '../src/errors.ts';
import { fenced, limited, stuck } from './call.ts';
import type { CallContext, HandsDependencies } from './dependencies.ts';
import { judgeByRules } from './rules.ts';

/** Ask the sources that the plan names; what a verdict said is missing is one more query. */
export async function retrieve(
  deps: HandsDependencies,
  request: Extract<CallRequest, { kind: 'retrieve' }>,
  context: CallContext,
): Promise<CallResult> {
  const definition = deps.chains.get(request.chain)?.definition.steps[request.key.step];
  if (definition?.kind !== 'retrieve')
    return stuck('tool_missing', `this build knows no retrieve step '${request.key.step}' in chain '${request.chain}'`);
  const sources = definition.from.filter((source) => request.sources.includes(source.name));
  const lost = request.sources.find((name) => !sources.some((source) => source.name === name));
  if (lost !== undefined) return stuck('tool_missing', `this build knows no source '${lost}' in step '${request.key.step}'`);
  const missing = (request.advice?.verdicts ?? []).flatMap((verdict) => (verdict.missing ? [verdict.missing] : []));
  return fenced(
    request,
    { kind: 'retrieve', provider: request.sources.join(', ') },
    {
      ledger: deps.ledger,
      context,
      async make() {
        const limit = limited(context, Math.min(milliseconds(definition.timeout, 'timeout'), request.deadline_ms));
        const sent = missing.length > 0 ? { missing } : null;
        try {
          const found = await gather(sources, request.input, {
            keep: request.keep,
            missing,
            signal: limit.signal,
            services: deps.services,
          });
          const verdicts = await judgeByRules(found.passages, {
            checks: definition.checks,
            wanted: request.checks,
            input: request.input,
            evidence: found.passages,
          });
          return {
            sent,
            result: {
              type: 'answer',
              output: found.passages,
              output_hash: hashOf(found.passages),
              verdicts,
              usage: null,
              cost_usd: 0,
              sources: found.sources,
            },
          };
        } catch (error) {
          const outcome = context.signal.aborted ? ('cancelled' as const) : ('transport' as const);
          return {
            sent,
            result: { type: 'nothing', outcome, message: messageOf(error), retry_after_ms: null, output: null, usage: null, cost_usd: 0 },
          };
        }
      },
    },
  );
}
