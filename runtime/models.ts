import type { Config } from '../src/config.ts';
import type { ModelConfig, TrimtabConfig } from '../src/define/config.ts';
import { TrimtabError } from '../src/errors.ts';
import { priceOf } from '../src/providers/prices.ts';
import type { PinnedModel } from '../src/shapes/plan.ts';
import { demoModels } from './demo/model/models.ts';

const defaults = { max_output_tokens: 1_500 };

/** Models by role. While the demo model serves, it stands in for every role, whatever the config says. */
export function modelTable(project: TrimtabConfig, config: Config): (role: string) => PinnedModel {
  const demo = config.demoModelUrl !== null;
  return (role) => {
    const model: ModelConfig | undefined = demo ? demoModel(role) : project.models?.[role];
    if (!model)
      throw new TrimtabError('config', `no model for the role '${role}': add models.${role} = { provider, model } to trimtab.config.ts`);
    const price = model.price ?? priceOf(model.provider, model.model);
    return {
      role,
      provider: model.provider,
      model: model.model,
      temperature: model.temperature ?? null,
      max_output_tokens: model.max_output_tokens ?? defaults.max_output_tokens,
      input_usd_per_mtok: price?.input ?? null,
      output_usd_per_mtok: price?.output ?? null,
      demo,
    };
  };
}

const demoModel = (role: string): ModelConfig | undefined => {
  const models: Readonly<Record<string, ModelConfig>> = demoModels;
  return models[role] ?? models[role.includes('judge') ? 'judge' : 'writer'];
};
