import type { LoadedChain } from '../src/define/loaded-chain.ts';
import { TrimtabError, messageOf, type ErrorCode } from '../src/errors.ts';
import type { Prompt } from '../src/prompts/prompt.ts';
import type { Plan } from '../src/shapes/plan.ts';
import { crashPoint } from '../src/store/crash-point.ts';
import type { Database } from '../src/store/database.ts';
import { putPrompt } from '../src/store/prompts.ts';
import type { RunWrite } from '../src/store/run-writes.ts';
import type { ActivityDependencies } from './index.ts';
import { resolvePlan } from './plan.ts';

export type Opened = { type: 'plan'; plan: Plan } | { type: 'stuck'; code: ErrorCode; message: string };

/** Prompt versions that this process has written down; one of a database each, so that another database gets them too. */
const kept = new WeakMap<Database, Set<Prompt>>();

async function keepPrompts(db: Database, chain: LoadedChain): Promise<void> {
  const known = kept.get(db) ?? new Set();
  kept.set(db, known);
  for (const prompt of chain.prompts.values()) {
    if (known.has(prompt)) continue;
    await putPrompt(db, prompt);
    known.add(prompt);
  }
}

/** Resolve and write down the plan. A second execution returns the plan that is written. */
export async function openRun(
  deps: ActivityDependencies & { write(write: RunWrite): Promise<boolean> },
  { run_id, chain: name }: { run_id: string; chain: string },
): Promise<Opened> {
  const resolved = resolvedPlan(deps, run_id, name);
  if (resolved.type === 'plan') {
    await keepPrompts(deps.db, resolved.chain);
    crashPoint('open.resolved');
    const { plan } = resolved;
    const written = await deps.write({ type: 'open', run_id, plan, demo: deps.demo(plan) });
    crashPoint('open.written');
    if (written) return { type: 'plan', plan };
  }
  const row = await deps.db.selectFrom('runs').select('plan').where('id', '=', run_id).executeTakeFirst();
  if (row?.plan) return { type: 'plan', plan: row.plan as Plan };
  return resolved.type === 'plan' ? { type: 'plan', plan: resolved.plan } : resolved;
}

function resolvedPlan(
  deps: ActivityDependencies,
  run_id: string,
  name: string,
): { type: 'plan'; plan: Plan; chain: LoadedChain } | Extract<Opened, { type: 'stuck' }> {
  const chain = deps.chains.get(name);
  if (!chain) return { type: 'stuck', code: 'tool_missing', message: `this build knows no chain '${name}'` };
  try {
    return { type: 'plan', plan: resolvePlan(chain, run_id, deps), chain };
  } catch (error) {
    if (!(error instanceof TrimtabError)) throw error;
    return { type: 'stuck', code: error.code, message: messageOf(error) };
  }
}
