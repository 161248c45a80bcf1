import type { Rung } from '../shapes/rung.ts';
import type { BudgetDefinition, ChainDefinition } from './chain.ts';
import { checkForm, checkSchemas, wrong } from './check-form.ts';
import { callTimeout, milliseconds } from './duration.ts';
import type { LadderRung } from './rungs.ts';
import type { StepDefinition } from './step.ts';

const ends = new Set<Rung['rung']>(['human', 'fail', 'best']);

function checkLadder(where: string, ladder: readonly LadderRung[], earlier: readonly string[]): void {
  const last = ladder.at(-1);
  if (!last || !ends.has(last.rung)) wrong(where, 'the ladder has no end; add human(queue), fail() or best() as its last rung');
  ladder.forEach((rung, index) => {
    if (ends.has(rung.rung) && index < ladder.length - 1) wrong(where, `${rung.rung} ends a ladder, so no rung can follow it`);
    if (!Number.isInteger(rung.cap) || rung.cap < 1) wrong(where, `the cap of ${rung.rung} must be a whole number from 1`);
    checkSampling(where, rung);
    if (rung.rung === 'backtrack' && !earlier.includes(rung.to)) {
      wrong(where, `backtrack('${rung.to}') names no earlier step; steps before it: ${earlier.join(', ') || 'none'}`);
    }
  });
}

/** A vote that cannot be won in so many answers, and best of one, are slips. */
function checkSampling(where: string, rung: LadderRung): void {
  if (rung.rung === 'vote') {
    if (!Number.isInteger(rung.margin) || rung.margin < 1) wrong(where, 'the margin of vote must be a whole number from 1');
    if (!Number.isInteger(rung.samples) || rung.samples < Math.max(2, rung.margin) || rung.samples > mostSamples)
      wrong(where, `the samples of vote must be a whole number from ${Math.max(2, rung.margin)} (its margin, and 2) to ${mostSamples}`);
    if (rung.key !== undefined && typeof rung.key !== 'function') wrong(where, 'the key of vote must be a function of the answer');
  }
  if (rung.rung === 'best_of') {
    if (!Number.isInteger(rung.of) || rung.of < 2 || rung.of > mostSamples)
      wrong(where, `best({ of }) must be a whole number from 2 to ${mostSamples}`);
    if (rung.judge?.kind !== 'critic') wrong(where, "the judge of best({ of, judge }) is made by critic({ name: '…' })");
  }
}

/** They are asked side by side. */
const mostSamples = 100;

function checkNames(where: string, kind: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) wrong(where, `two ${kind} are called '${twice}'; names must differ`);
}

function checkStep(name: string, step: StepDefinition, earlier: readonly string[]): void {
  const where = `step '${name}'`;
  if (!/^[a-z][a-zA-Z0-9_]*$/.test(name)) wrong(where, 'a step name starts with a small letter and has letters, digits and _ only');
  if (name in Object.prototype) wrong(where, 'every JavaScript object has a property of this name; choose another');
  checkForm(where, step);
  if (step.kind === 'review') {
    if (!earlier.includes(step.of))
      wrong(where, `review of '${step.of}', which is no earlier step; steps before it: ${earlier.join(', ') || 'none'}`);
    if (step.due !== null) milliseconds(step.due, `${where} due`);
    if (step.escalate) milliseconds(step.escalate.after, `${where} escalate.after`);
    milliseconds(step.expires, `${where} expires`);
    return;
  }
  callTimeout(step.timeout, `${where} timeout`);
  if (step.kind === 'act') return;
  checkLadder(where, step.ladder, earlier);
  if (step.kind === 'retrieve') {
    checkNames(
      where,
      'sources',
      step.from.map((source) => source.name),
    );
    checkNames(
      where,
      'checks',
      step.checks.map((check) => check.name),
    );
  } else {
    checkNames(
      where,
      'tools',
      step.tools.map((tool) => tool.name),
    );
    for (const { name, timeout } of step.tools) callTimeout(timeout, `${where}, tool '${name}' timeout`);
    checkNames(
      where,
      'checks and critics',
      [...step.checks, ...step.critics].map((judge) => judge.name),
    );
    if (step.sample) checkSampling(where, step.sample);
  }
}

/** What can be seen without the files of the chain; prompts are checked when the config loads the folder. */
export function checkDefinition(chain: ChainDefinition): void {
  checkSchemas('chain', chain);
  checkBudget(chain.budget);
  const names = Object.keys(chain.steps ?? {});
  if (names.length === 0) wrong('steps', 'a chain needs at least one step');
  names.forEach((name, index) => checkStep(name, chain.steps[name] as StepDefinition, names.slice(0, index)));
}

function checkBudget(budget: BudgetDefinition): void {
  if (!budget || budget.attempts === undefined || budget.within === undefined) {
    wrong('budget', "missing; write budget: { usd: 0.10, attempts: 12, within: '2 days' }");
  }
  if (!Number.isInteger(budget.attempts) || budget.attempts < 1) wrong('budget', 'attempts must be a whole number from 1');
  milliseconds(budget.within, 'budget within');
  if (budget.usd !== undefined && !(Number.isFinite(budget.usd) && budget.usd >= 0)) wrong('budget', 'usd must be an amount from 0');
  if (budget.tokens !== undefined && !(Number.isInteger(budget.tokens) && budget.tokens >= 1))
    wrong('budget', 'tokens must be a whole number from 1');
}
