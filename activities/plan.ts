import type { Critic } from '../src/define/critic.ts';
import { milliseconds } from '../src/define/duration.ts';
import type { LoadedChain } from '../src/define/loaded-chain.ts';
import { jsonSchemaOf } from '../src/define/json-schema.ts';
import { sampleJudges, type LadderRung } from '../src/define/rungs.ts';
import type { StepDefinition } from '../src/define/step.ts';
import type { AnyTool } from '../src/define/tool.ts';
import { TrimtabError } from '../src/errors.ts';
import { fraction } from '../src/correct/canonical.ts';
import { criticsOf } from '../src/correct/samples.ts';
import type { Prompt } from '../src/prompts/prompt.ts';
import type { Rung } from '../src/shapes/rung.ts';
import type { PinnedCritic, PinnedModel, PinnedPrompt, PinnedTool, Plan, PlannedStep } from '../src/shapes/plan.ts';

export interface PlanDependencies {
  build: string;
  /** Throws `config` for a role nobody defined. */ modelFor(role: string): PinnedModel;
  /** `local` for a model that answers within seconds, as far as this worker has seen. */ placeOf?(model: PinnedModel): 'local' | 'regular';
}

const limits = { silent_tries: 5, max_wait_ms: 10 * 60_000, human_expires_ms: 30 * 86_400_000 };

/** Resolve everything that may change while the run lives (C4). Throws for what cannot be resolved. */
export function resolvePlan(chain: LoadedChain, run_id: string, deps: PlanDependencies): Plan {
  const { budget } = chain.definition;
  const steps = Object.fromEntries(
    Object.entries(chain.definition.steps).map(([name, step]) => [name, planStep(chain, { name, step }, deps)]),
  );
  const plan: Plan = {
    loop: 2,
    run_id,
    chain: chain.name,
    build: deps.build,
    steps,
    limits,
    seed: fraction(run_id),
    thresholds: {},
    arm: null,
    budget: {
      usd: budget.usd ?? null,
      tokens: budget.tokens ?? null,
      attempts: budget.attempts,
      within_ms: milliseconds(budget.within, 'budget within'),
    },
  };
  checkPrices(plan);
  return plan;
}

function planStep(chain: LoadedChain, { name, step }: { name: string; step: StepDefinition }, deps: PlanDependencies): PlannedStep {
  switch (step.kind) {
    case 'generate': {
      const prompt = pin(chain, name, step.prompt);
      const tuned = tuner(promptOf(chain, name, step.prompt), deps);
      const pinnedCritic = (critic: Critic): PinnedCritic => {
        const asked = pin(chain, name, critic.prompt);
        const model = tuner(promptOf(chain, name, critic.prompt), deps)(critic.model);
        return { name: critic.name, version: asked.version, model, prompt: asked };
      };
      const judges = sampleJudges(step);
      const roles = step.ladder.flatMap((rung) => (rung.rung === 'model' ? [rung.model] : []));
      return {
        kind: 'generate',
        effect: 'none',
        place: 'regular',
        timeout_ms: milliseconds(step.timeout, name),
        model: tuned(step.model),
        models: Object.fromEntries(roles.map((role) => [role, tuned(role)])),
        prompt,
        checks: step.checks.map((check) => check.name),
        ladder: step.ladder.map(pinnedRung),
        ...(step.tools.length > 0 ? { tools: { list: step.tools.map(pinTool), turns: step.turns } } : {}),
        critics: step.critics.map(pinnedCritic),
        ...(step.sample ? { sample: pinnedRung(step.sample) } : {}),
        ...(judges.length > 0 ? { sample_judges: Object.fromEntries(judges.map((judge) => [judge.name, pinnedCritic(judge)])) } : {}),
      };
    }
    case 'retrieve': {
      const usd = step.from.reduce((sum, source) => sum + (source.usd ?? 0), 0);
      return {
        kind: 'retrieve',
        effect: 'reads',
        place: step.from.every((source) => source.place === 'local') ? 'local' : 'regular',
        timeout_ms: milliseconds(step.timeout, name),
        sources: step.from.map((source) => source.name),
        keep: step.keep,
        checks: step.checks.map((check) => check.name),
        ladder: [...step.ladder],
        ...(usd > 0 ? { usd } : {}),
      };
    }
    case 'act':
      return { kind: 'act', effect: 'writes', place: 'regular', timeout_ms: milliseconds(step.timeout, name) };
    case 'review':
      return {
        kind: 'review',
        effect: 'asks',
        of: step.of,
        queue: step.queue,
        due_ms: step.due === null ? null : milliseconds(step.due, name),
        escalate: step.escalate === null ? null : { after_ms: milliseconds(step.escalate.after, name), to: step.escalate.to },
        expires_ms: milliseconds(step.expires, name),
        returns: step.returns,
      };
  }
}

/** What is data of a rung; its code stays with the build. */
function pinnedRung(rung: LadderRung): Rung {
  if (rung.rung === 'vote') return { rung: rung.rung, cap: rung.cap, samples: rung.samples, margin: rung.margin };
  return rung.rung === 'best_of' ? { ...rung, judge: rung.judge.name } : rung;
}

function promptOf(chain: LoadedChain, step: string, name: string): Prompt {
  const prompt = chain.prompts.get(name);
  if (!prompt)
    throw new TrimtabError(
      'definition',
      `step '${step}' of chain '${chain.name}': no prompt '${name}'; add ${chain.folder}/prompts/${name}.liquid`,
    );
  return prompt;
}

function pin(chain: LoadedChain, step: string, name: string): PinnedPrompt {
  const { version, chars } = promptOf(chain, step, name);
  return { name, version, chars };
}

const pinTool = ({ name, description, input, effect, place, timeout, usd }: AnyTool): PinnedTool => ({
  name,
  effect,
  // What writes outside is no matter of our own Postgres.
  place: effect === 'writes' ? 'regular' : place,
  timeout_ms: milliseconds(timeout, name),
  chars: name.length + description.length + JSON.stringify(jsonSchemaOf(input)).length,
  ...(usd > 0 ? { usd } : {}),
});

/** A prompt's front matter has the last word on temperature and length. */
const tuner =
  (prompt: Prompt, deps: PlanDependencies) =>
  (role: string): PinnedModel => {
    const model = deps.modelFor(role);
    return {
      ...model,
      temperature: prompt.temperature ?? model.temperature,
      max_output_tokens: prompt.max_output_tokens ?? model.max_output_tokens,
      ...(deps.placeOf ? { place: deps.placeOf(model) } : {}),
    };
  };

/** Money can only be capped where prices are known; otherwise tokens must be (C3). */
function checkPrices({ budget, steps, chain }: Plan): void {
  if (budget.usd === null || budget.tokens !== null) return;
  for (const step of Object.values(steps)) {
    if (step.kind !== 'generate') continue;
    const unknown = [step.model, ...Object.values(step.models), ...criticsOf(step).map((critic) => critic.model)].find(
      (model) => model.output_usd_per_mtok === null,
    );
    if (unknown)
      throw new TrimtabError(
        'config',
        `chain '${chain}' caps its cost, but the price of ${unknown.provider}/${unknown.model} is unknown: give models.${unknown.role} a price in trimtab.config.ts, or the chain a budget in tokens`,
      );
  }
}
