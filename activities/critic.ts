import { criticAnswerSchema, parseCriticAnswer } from '../src/define/json-schema.ts';
import { hashOf } from '../src/correct/canonical.ts';
import { passagesIn } from '../src/checks/passages.ts';
import { askOf } from '../src/providers/ask.ts';
import { costOf } from '../src/providers/prices.ts';
import type { CallRequest, CallResult } from '../src/shapes/call.ts';
import { fenced, stuck } from './call.ts';
import type { CallContext, HandsDependencies } from './dependencies.ts';
import { fill, nothingOf, promptOf } from './generate.ts';

/** A critic has a minute: a judgement is short. */
const limitMs = 60_000;

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
  const messages = fill(prompt, {
    input: request.input,
    output: request.output,
    evidence: [...passagesIn(request.input), ...passagesIn(request.found)],
  });
  if ('type' in messages) return messages;
  return fenced(
    request,
    { kind: 'generate', provider: model.provider, model: model.model, demo: model.demo, prompt: pinned },
    {
      ledger: deps.ledger,
      context,
      async make() {
        const total_ms = Math.min(limitMs, request.deadline_ms);
        const completion = await provider.complete(
          { ...askOf(model), messages, schema: { name: 'verdict', json_schema: criticAnswerSchema.json } },
          { signal: context.signal, total_ms, onProgress: context.progress, call_id: Object.values(request.key).join('/') },
        );
        const sent = { messages };
        if (completion.type === 'nothing') return { sent, result: nothingOf(completion, model) };
        const cost_usd = costOf(model, completion.usage);
        const verdict = parseCriticAnswer(completion.type === 'calls' ? '' : completion.text, { name, version: request.critic.version });
        if (verdict === null) {
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
          result: { type: 'answer', output: verdict, output_hash: hashOf(verdict), verdicts: [verdict], usage: completion.usage, cost_usd },
        };
      },
    },
  );
}
