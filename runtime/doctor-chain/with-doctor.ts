import { join } from 'node:path';
import type { Config } from '../../src/config.ts';
import type { LoadedChain } from '../../src/define/loaded-chain.ts';
import { parsePrompt } from '../../src/prompts/prompt.ts';
import { doctorChain } from '../../src/shapes/doctor-chain.ts';
import { codeRoot } from '../package-root.ts';
import { rolesOf } from '../models.ts';
import type { Project } from '../project.ts';
import { doctorDefinition, doctorPrompt } from './definition.ts';

/** The project with the chain of `trimtab doctor --deep` beside its own: one step for every model that is configured. */
export function withDoctor(project: Project, { demoModelUrl }: Pick<Config, 'demoModelUrl'>): Project {
  const roles = demoModelUrl === null ? distinctModels(project) : [];
  const chain: LoadedChain = {
    name: doctorChain,
    folder: join(codeRoot, 'runtime', 'doctor-chain'),
    definition: doctorDefinition(roles.length > 0 ? roles : ['writer']),
    prompts: new Map([[doctorChain, parsePrompt(doctorChain, doctorPrompt)]]),
  };
  return { ...project, chains: new Map([...project.chains, [doctorChain, chain]]) };
}

/**
 * The roles of the config and those that steps, ladders and judges name, one for each model that the config lets several share. Known
 * from the project alone, since a server need not have the keys that say which model a role without a line in the config has.
 */
function distinctModels({ config, chains }: Project): string[] {
  const models = config.models ?? {};
  const steps = [...chains.values()].flatMap(({ definition }) => Object.values(definition.steps));
  const named = steps.map(rolesOf).flatMap(({ writers, judges }) => [...writers, ...judges]);
  const modelOf = (role: string): string => {
    const known = models[role];
    return known ? `${known.provider}/${known.model}` : role;
  };
  return [...new Map([...named, ...Object.keys(models)].map((role) => [modelOf(role), role])).values()];
}
