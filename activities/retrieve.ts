import { milliseconds } from '../src/define/duration.ts';
import { bytesOf, canonical, hashOf, largestInput, mebibytes } from '../src/correct/canonical.ts';
import { gather } from '../src/tools/gather.ts';
import type { CallRequest, CallResult } from '../src/shapes/call.ts';
import type { Source } from '../src/define/source.ts';
import { messageOf, TrimtabError } from '../src/errors.ts';
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
  const refused = await refusalOf(sources, deps, context);
  if (refused !== null) return stuck(refused.code, refused.message);
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
        // A search that was broken off may have cost its price or not.
        const perhaps = sources.some(({ usd = 0 }) => usd > 0) ? null : 0;
        const nothing = (
          outcome: 'too_large' | 'cancelled' | 'transport' | 'invalid',
          message: string,
          cost_usd: number | null = perhaps,
        ) => ({ sent, result: { type: 'nothing' as const, outcome, message, retry_after_ms: null, output: null, usage: null, cost_usd } });
        try {
          const found = await gather(sources, request.input, {
            keep: request.keep,
            missing,
            signal: limit.signal,
            services: deps.services,
          });
          const bytes = bytesOf(canonical(found.passages));
          if (bytes > largestInput) {
            const message = `the sources (${request.sources.join(', ')}) gave ${mebibytes(bytes)}; a step reads at most ${mebibytes(largestInput)}: lower keep, or let the sources give less`;
            return nothing('too_large', message, found.cost_usd);
          }
          const verdicts = await judgeByRules(found.passages, {
            checks: definition.checks,
            wanted: request.checks,
            input: request.input,
            evidence: found.passages,
            services: deps.services,
          });
          return {
            sent,
            result: {
              type: 'answer',
              output: found.passages,
              output_hash: hashOf(found.passages),
              verdicts,
              usage: null,
              cost_usd: found.cost_usd,
              sources: found.sources,
            },
          };
        } catch (error) {
          if (context.signal.aborted) return nothing('cancelled', messageOf(error));
          if (!(error instanceof TrimtabError && error.code === 'definition')) return nothing('transport', messageOf(error));
          const { sent: asked, result } = nothing('invalid', messageOf(error));
          return { sent: asked, result: { ...result, bug: true } };
        }
      },
    },
  );
}

/** A source that a person must put right first: no row is begun, the run is blocked (C12). */
async function refusalOf(
  sources: readonly Source[],
  { services }: HandsDependencies,
  { signal }: CallContext,
): Promise<TrimtabError | null> {
  try {
    for (const source of sources) await source.ready?.({ services, signal });
    return null;
  } catch (error) {
    if (error instanceof TrimtabError) return error;
    throw error;
  }
}
