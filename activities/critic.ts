import { verdictsOf, type CheckContext } from '../src/define/check.ts';
import type { Inquiry } from '../src/define/critic.ts';
import { criticAnswerSchema, jsonSchemaOf, parseCriticAnswer, parseOutput } from '../src/define/json-schema.ts';
import { sampleJudges } from '../src/define/rungs.ts';
import { withoutFiles } from '../src/correct/attachments.ts';
import { hashOf } from '../src/correct/canonical.ts';
import { passagesIn } from '../src/checks/passages.ts';
import { askOf, timeOf } from '../src/providers/ask.ts';
import { costOf } from '../src/providers/prices.ts';
import { messageOf } from '../src/errors.ts';
import type { CallRequest, CallResult } from '../src/shapes/call.ts';
import type { Verdict } from '../src/shapes/verdict.ts';
import { fenced, stuck } from './call.ts';
import type { CallContext, HandsDependencies } from './dependencies.ts';
import { fill, nothingOf, promptOf } from './generate.ts';
import { recorded, withFiles } from './shown-files.ts';

/** A critic has a minute, where its model is not given longer: a judgement is short. */
export const criticMs = 60_000;

/** Let a model judge a draft. It sees input, output and evidence, not how the draft came about. Nonsense is `invalid`: it passes nothing (C9). */
export async function critic(
  deps: HandsDependencies,
  request: Extract<CallRequest, { kind: 'critic' }>,
  context: CallContext,
): Promise<CallResult> {
  const { model, prompt: pinned, name } = request.critic;
  const prompt = await promptOf(deps, request.chain, pinned);
  if (prompt === null)
    return stuck('tool_missing', `prompt '${pinned.name}' version ${pinned.version} is in no build and not in the records`);
  const provider = deps.providers.get(model.provider);
  if (!provider) return stuck('tool_missing', `this build knows no provider '${model.provider}'`);
  const seen = { input: request.input, evidence: [...passagesIn(request.input), ...passagesIn(request.found)], services: deps.services };
  const inquiry = inquiryOf(deps, request);
  let shown: unknown;
  try {
    shown = inquiry?.show(request.output, seen);
  } catch (error) {
    return stuck('chain_error', `the critic '${name}' cannot be asked about this output: ${messageOf(error)}`);
  }
  if (inquiry && shown === null) return passed(deps, request, context);
  const filled = fill(prompt, {
    input: withoutFiles(seen.input),
    evidence: seen.evidence,
    ...(inquiry ? { shown } : { output: request.output }),
  });
  if ('type' in filled) return filled;
  const messages = withFiles(filled, seen.input);
  return fenced(
    request,
    { kind: 'generate', provider: model.provider, model: model.model, demo: model.demo, prompt: pinned },
    {
      ledger: deps.ledger,
      context,
      async make() {
        const { total_ms, idle_ms } = timeOf(model, criticMs);
        const completion = await provider.complete(
          {
            ...askOf(model),
            messages,
            schema: inquiry
              ? { name: 'answer', json_schema: jsonSchemaOf(inquiry.answer) }
              : { name: 'verdict', json_schema: criticAnswerSchema.json },
          },
          {
            signal: context.signal,
            total_ms: Math.min(total_ms, request.deadline_ms),
            idle_ms,
            onProgress: context.progress,
            call_id: Object.values(request.key).join('/'),
          },
        );
        const sent = { messages: recorded(messages) };
        if (completion.type === 'nothing') return { sent, result: nothingOf(completion, model) };
        const cost_usd = costOf(model, completion.usage);
        const text = completion.type === 'calls' ? '' : completion.text;
        const by = { name, version: request.critic.version };
        const judged = inquiry ? foundOut(inquiry, text, { by, output: request.output, seen }) : opinionOf(text, by);
        if (judged === null) {
          return {
            sent,
            result: {
              type: 'nothing',
              outcome: 'invalid',
              message: 'the critic did not answer in the agreed form',
              retry_after_ms: null,
              output: completion.text,
              usage: completion.usage,
              cost_usd,
            },
          };
        }
        return {
          sent,
          result: {
            type: 'answer',
            output: judged.output,
            output_hash: hashOf(judged.output),
            verdicts: judged.verdicts,
            usage: completion.usage,
            cost_usd,
          },
        };
      },
    },
  );
}

type CriticRequest = Extract<CallRequest, { kind: 'critic' }>;
/** What a critic said, and the verdicts in it. */
interface Judged {
  output: unknown;
  verdicts: Verdict[];
}

/** How this build lets the critic ask, where it does not ask for an opinion. */
function inquiryOf(deps: HandsDependencies, request: CriticRequest): Inquiry | null {
  const step = deps.chains.get(request.chain)?.definition.steps[request.key.step];
  if (step?.kind !== 'generate') return null;
  return [...step.critics, ...sampleJudges(step)].find(({ name }) => name === request.critic.name)?.inquiry ?? null;
}

function opinionOf(text: string, by: { name: string; version: string }): Judged | null {
  const verdict = parseCriticAnswer(text, by);
  return verdict === null ? null : { output: verdict, verdicts: [verdict] };
}

/** The rule compares the answer with the output. A rule that throws has passed nothing (C9). Null: no answer in the agreed form. */
function foundOut(
  inquiry: Inquiry,
  text: string,
  of: { by: { name: string; version: string }; output: unknown; seen: CheckContext },
): Judged | null {
  const parsed = parseOutput(inquiry.answer, text);
  if (!parsed.ok) return null;
  try {
    return { output: parsed.value, verdicts: verdictsOf(of.by, inquiry.findings(parsed.value, of.output, of.seen)) };
  } catch (error) {
    const reason = `the critic's rule failed: ${messageOf(error)}`;
    return { output: parsed.value, verdicts: verdictsOf(of.by, [{ reason, verdict: 'unsure' }]) };
  }
}

/** Nothing is there to be asked about: a row that says so, and no call of a model. */
function passed(deps: HandsDependencies, request: CriticRequest, context: CallContext): Promise<CallResult> {
  const verdicts = verdictsOf(request.critic, []);
  const result = { type: 'answer' as const, output: null, output_hash: hashOf(null), verdicts, usage: null, cost_usd: 0 };
  return fenced(request, { kind: 'generate' }, { ledger: deps.ledger, context, make: async () => ({ sent: null, result }) });
}
