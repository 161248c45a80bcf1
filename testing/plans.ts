import type { Budget } from '../src/shapes/budget.ts';
import type {
  PinnedCritic,
  PinnedModel,
  PinnedTool,
  Plan,
  PlannedAct,
  PlannedGenerate,
  PlannedRetrieve,
  PlannedReview,
  PlannedStep,
} from '../src/shapes/plan.ts';

const day = 86_400_000;

/** A pinned model at 1 USD per million tokens in, 2 out, and 100 tokens at most: round numbers for tests. */
export const testModel = (change: Partial<PinnedModel> = {}): PinnedModel => ({
  role: 'writer',
  provider: 'test',
  model: 'test-model',
  temperature: 0,
  max_output_tokens: 100,
  input_usd_per_mtok: 1,
  output_usd_per_mtok: 2,
  demo: false,
  ...change,
});

/** A model critic of that name. */
export const testCritic = (name: string, change: Partial<PinnedCritic> = {}): PinnedCritic => ({
  name,
  version: '1',
  model: testModel({ role: 'judge' }),
  prompt: { name, version: '1', chars: 30 },
  ...change,
});

/** A tool that a plan lists; it reads unless said otherwise. */
export const testTool = (name: string, change: Partial<PinnedTool> = {}): PinnedTool => ({
  name,
  effect: 'reads',
  place: 'local',
  timeout_ms: 10_000,
  chars: 30,
  ...change,
});

/** A generate step without checks and critics whose ladder is a person in the queue `people`. */
export const testGenerate = (change: Partial<PlannedGenerate> = {}): PlannedGenerate => ({
  kind: 'generate',
  effect: 'none',
  place: 'regular',
  timeout_ms: 60_000,
  model: testModel(),
  models: {},
  prompt: { name: 'draft', version: '1', chars: 30 },
  checks: [],
  critics: [],
  ladder: [{ rung: 'human', queue: 'people', cap: 3 }],
  ...change,
});

export const testRetrieve = (change: Partial<PlannedRetrieve> = {}): PlannedRetrieve => ({
  kind: 'retrieve',
  effect: 'reads',
  place: 'local',
  timeout_ms: 10_000,
  sources: ['library'],
  keep: 8,
  checks: [],
  ladder: [{ rung: 'best', cap: 1 }],
  ...change,
});

export const testReview = (change: Partial<PlannedReview> & { of: string }): PlannedReview => ({
  kind: 'review',
  effect: 'asks',
  queue: 'people',
  due_ms: null,
  escalate: null,
  expires_ms: 30 * day,
  returns: 3,
  ...change,
});

export const testAct = (change: Partial<PlannedAct> = {}): PlannedAct => ({
  kind: 'act',
  effect: 'writes',
  place: 'regular',
  timeout_ms: 10_000,
  ...change,
});

/** A small plan with a budget that does not get in the way: 100 attempts, two days, no cap on money. */
export const testPlan = (options: {
  steps: Record<string, PlannedStep>;
  budget?: Partial<Budget>;
  limits?: Partial<Plan['limits']>;
  run_id?: string;
  loop?: Plan['loop'];
}): Plan => ({
  loop: options.loop ?? 2,
  run_id: options.run_id ?? 'run_test',
  chain: 'test-chain',
  build: 'test',
  steps: options.steps,
  budget: { usd: null, tokens: null, attempts: 100, within_ms: 2 * day, ...options.budget },
  limits: { silent_tries: 4, max_wait_ms: 60_000, human_expires_ms: 30 * day, ...options.limits },
  seed: 0.5,
  thresholds: {},
  arm: null,
});
