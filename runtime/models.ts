import type { Config } from '../src/config.ts';
import type { ModelConfig, TrimtabConfig } from '../src/define/config.ts';
import { callTimeout } from '../src/define/duration.ts';
import type { LoadedChain } from '../src/define/loaded-chain.ts';
import { sampleJudges } from '../src/define/rungs.ts';
import type { StepDefinition } from '../src/define/step.ts';
import { TrimtabError } from '../src/errors.ts';
import { priceOf } from '../src/providers/prices.ts';
import { familyOf, usualModel } from '../src/providers/usual-models.ts';
import type { PinnedModel } from '../src/shapes/plan.ts';
import { demoModels } from './demo/model/models.ts';

const defaults = { max_output_tokens: 1_500 };

/** Models by role. While the demo model serves, it stands in for every role, whatever the config says. */
export function modelTable(project: TrimtabConfig, config: Config): (role: string) => PinnedModel {
  const demo = config.demoModelUrl !== null;
  return (role) => {
    const model = demo ? demoModel(role) : (project.models?.[role] ?? usualModel(role, config.secret));
    if (!model)
      throw new TrimtabError('config', `no model for the role '${role}': add models.${role} = { provider, model } to trimtab.config.ts`);
    const override = model.price ?? project.prices?.[`${model.provider}/${model.model}`];
    const price = priceOf(model.provider, model.model, override);
    return {
      role,
      provider: model.provider,
      model: model.model,
      temperature: model.temperature ?? null,
      max_output_tokens: model.max_output_tokens ?? defaults.max_output_tokens,
      input_usd_per_mtok: price?.input ?? null,
      output_usd_per_mtok: price?.output ?? null,
      ...(price?.cached === undefined ? {} : { cached_usd_per_mtok: price.cached }),
      ...(model.api ? { api: model.api } : {}),
      ...(model.timeout === undefined ? {} : { timeout_ms: callTimeout(model.timeout, `models.${role}.timeout`) }),
      ...(model.structured ? { structured: model.structured } : {}),
      demo,
    };
  };
}

const demoModel = (role: string): ModelConfig | undefined => {
  const models: Readonly<Record<string, ModelConfig>> = demoModels;
  return models[role] ?? models[role.includes('judge') ? 'judge' : 'writer'];
};

/** The roles that write a step's answers, also on its ladder, and those that judge them. */
export function rolesOf(step: StepDefinition): { writers: string[]; judges: string[] } {
  if (step.kind !== 'generate') return { writers: [], judges: [] };
  return {
    writers: [step.model, ...step.ladder.flatMap((rung) => (rung.rung === 'model' ? [rung.model] : []))],
    judges: [...step.critics, ...sampleJudges(step)].map(({ model }) => model),
  };
}

/**
 * One sentence for each pair of models where the judge of a step is of the family that wrote what it judges. Said at start: such a
 * judge passes the mistakes it would make itself. The demo model has no family.
 */
export function kindredJudges(chains: Iterable<LoadedChain>, modelFor: (role: string) => PinnedModel): string[] {
  const said = new Set<string>();
  for (const { definition } of chains) {
    for (const step of Object.values(definition.steps)) {
      const { writers, judges } = rolesOf(step);
      for (const judge of judges) for (const writer of writers) said.add(kindred(modelFor(judge), modelFor(writer)));
    }
  }
  said.delete('');
  return [...said];
}

function kindred(judge: PinnedModel, writer: PinnedModel): string {
  const family = familyOf(judge.model);
  if (judge.demo || family !== familyOf(writer.model)) return '';
  const named = (model: PinnedModel): string => `${model.role} (${model.provider}/${model.model})`;
  return `${named(judge)} judges ${named(writer)}, both of the family ${family}: it is blind to its own kind of mistakes; give models.${judge.role} another family in trimtab.config.ts, or set both keys`;
}
