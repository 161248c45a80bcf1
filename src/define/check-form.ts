import { TrimtabError } from '../errors.ts';
import type { Rung } from '../shapes/rung.ts';
import { jsonSchemaOf } from './json-schema.ts';
import type { LadderRung } from './rungs.ts';
import type { GenerateDefinition, StepDefinition } from './step.ts';

export const wrong = (where: string, what: string): never => {
  throw new TrimtabError('definition', `${where}: ${what}`);
};

const isSchema = (value: unknown): boolean => typeof (value as { safeParse?: unknown } | null | undefined)?.safeParse === 'function';

/** TypeScript says these to an author who asks it; what runs has had its types taken off. */
export function checkSchemas(where: string, holder: { input: unknown; output: unknown }): void {
  for (const name of ['input', 'output'] as const) {
    if (!isSchema(holder[name])) wrong(where, `${name} is no zod schema; write ${name}: z.object({ … })`);
  }
}

const text = (where: string, name: string, value: unknown): void => {
  if (typeof value !== 'string' || value.trim() === '') wrong(where, `${name} must be a text that is not empty`);
};
const whole = (where: string, name: string, [value, least]: [unknown, number]): void => {
  if (!Number.isInteger(value) || (value as number) < least) wrong(where, `${name} must be a whole number from ${least}`);
};

const kinds = new Set(['generate', 'retrieve', 'review', 'act']);

/** What each kind of step must have, whatever it means. */
export function checkForm(where: string, step: StepDefinition): void {
  if (!kinds.has(step?.kind)) wrong(where, 'a step is made by generate(), retrieve(), review() or act()');
  checkSchemas(where, step);
  if (step.kind === 'act' && typeof step.do !== 'function')
    wrong(where, 'act needs the function that does it: do: async (input, { key }) => …');
  if (step.kind === 'review') {
    text(where, 'queue', step.queue);
    whole(where, 'returns', [step.returns, 0]);
    if (step.escalate) text(where, 'escalate.to', step.escalate.to);
  }
  if (step.kind === 'retrieve') {
    whole(where, 'keep', [step.keep, 1]);
    if (!Array.isArray(step.from) || step.from.length === 0) wrong(where, 'retrieve needs at least one source in `from`');
    if (!step.from.every((source) => typeof source?.search === 'function'))
      wrong(where, 'a source is made by knowledge(), source() and their kin');
  }
  if (step.kind === 'generate') {
    text(where, 'prompt', step.prompt);
    text(where, 'model', step.model);
    if (step.sample && step.sample.rung !== 'vote' && step.sample.rung !== 'best_of')
      wrong(where, 'sample is vote({ samples, margin }) or best({ of, judge })');
    if (!step.critics.every((critic) => critic?.kind === 'critic')) wrong(where, "a critic is made by critic({ name: '…' })");
    checkTools(where, step);
  }
  if (step.kind === 'generate' || step.kind === 'retrieve') checkJudges(where, step);
}

/** The most turns that a model may ask for: it is asked once more in each. */
const mostTurns = 30;

function checkTools(where: string, { tools, turns, sample, ladder }: GenerateDefinition): void {
  if (tools.length > 0 && !(Number.isInteger(turns) && turns >= 2 && turns <= mostTurns))
    wrong(where, `turns must be a whole number from 2 to ${mostTurns}: one to ask for a tool, one to answer`);
  if (tools.length > 0 && [sample, ...ladder].some((rung) => rung?.rung === 'vote' || rung?.rung === 'best_of'))
    wrong(where, 'vote and best draw answers side by side, a model with tools speaks in turns: use one or the other');
  for (const tool of tools) {
    if (tool?.kind !== 'tool') wrong(where, "a tool is made by tool({ name: '…' }), or by asTool() from a source");
    const at = `${where}, tool '${tool.name}'`;
    if (!/^[a-zA-Z]\w{0,47}$/.test(tool.name)) wrong(at, 'a name starts with a letter and has letters, digits and _ only, 48 at most');
    text(at, 'description', tool.description);
    if (!isSchema(tool.input) || jsonSchemaOf(tool.input)['type'] !== 'object')
      wrong(at, 'input is no object schema; write input: z.object({ … })');
    if (tool.output !== null && !isSchema(tool.output)) wrong(at, 'output is no zod schema');
    if (tool.effect !== 'reads' && tool.effect !== 'writes') wrong(at, "effect is 'reads' or 'writes'");
    if (!(Number.isFinite(tool.usd) && tool.usd >= 0)) wrong(at, 'usd is an amount from 0');
    if (typeof tool.do !== 'function') wrong(at, 'it needs the function that does it: do: async (given, { signal }) => …');
  }
}

function checkJudges(where: string, { checks, ladder }: Extract<StepDefinition, { ladder: unknown }>): void {
  if (!checks.every((check) => typeof check?.run === 'function'))
    wrong(where, 'a check is made by check(name, rule) or a function like citesEverySource(): call it');
  if (!ladder.every((rung) => rungs.has(rung?.rung)))
    wrong(
      where,
      `a rung is one of ${[...rungs].map((name) => (name === 'best_of' ? 'best({ of, judge })' : `${name}()`)).join(' ')}: call it`,
    );
  for (const rung of ladder as readonly LadderRung[]) {
    if (rung.rung === 'human') text(where, 'the queue of human()', rung.queue);
    if (rung.rung === 'model') text(where, 'the role of model()', rung.model);
  }
}
const rungs = new Set<Rung['rung']>(['reask', 'revise', 'resample', 'vote', 'best_of', 'model', 'backtrack', 'human', 'fail', 'best']);
