import { join } from 'node:path';
import type { Config } from '../../src/config.ts';
import type { LoadedChain } from '../../src/define/loaded-chain.ts';
import { parsePrompt } from '../../src/prompts/prompt.ts';
import { doctorChain } from '../../src/shapes/doctor-chain.ts';
import { codeRoot } from '../package-root.ts';
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

/** Roles, one for each model that several may share. */
function distinctModels({ config }: Project): string[] {
  const byModel = new Map(Object.entries(config.models ?? {}).map(([role, { provider, model }]) => [`${provider}/${model}`, role]));
  return [...byModel.values()];
}
