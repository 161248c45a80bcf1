import { criticsOf } from '../../src/correct/samples.ts';
import type { Plan } from '../../src/shapes/plan.ts';

/** A step that is done within seconds, and done again without harm as long as nobody has its answer. */
export function isQuick({ steps }: Plan, name: string): boolean {
  const step = steps[name];
  if (step?.kind === 'retrieve') return step.place === 'local';
  if (step?.kind !== 'generate') return false;
  const models = [step.model, ...Object.values(step.models), ...criticsOf(step).map((critic) => critic.model)];
  const tools = step.tools?.list ?? [];
  return models.every((model) => model.place === 'local') && tools.every(({ effect, place }) => effect === 'reads' && place === 'local');
}

/** A run without one had better go on in a workflow at once. */
export const hasQuickModel = ({ steps }: Plan): boolean =>
  Object.values(steps).some((step) => step.kind === 'generate' && step.model.place === 'local');
