import { messageOf } from '../src/errors.ts';
import type { Check, CheckContext } from '../src/define/check.ts';
import type { Verdict } from '../src/shapes/verdict.ts';

const verdict = (critic: string, kind: Verdict['verdict'], reason: string): Verdict => ({
  critic,
  version: '1',
  verdict: kind,
  score: null,
  reason,
  at: null,
  blames: null,
  evidence: [],
});

/**
 * The schema has passed; now the rules that the plan names, all of them. A rule that throws, or that this build does not
 * know, has passed nothing (C9).
 */
export async function judgeByRules(
  output: unknown,
  options: { checks: readonly Check<never>[] | readonly Check[]; wanted: readonly string[] } & CheckContext,
): Promise<Verdict[]> {
  const { input, evidence, services } = options;
  const known = new Map((options.checks as readonly Check[]).map((check) => [check.name, check]));
  const verdicts = [verdict('schema', 'pass', '')];
  for (const name of options.wanted) {
    const check = known.get(name);
    if (!check) {
      verdicts.push(verdict(name, 'unsure', `this build knows no check '${name}'`));
      continue;
    }
    try {
      verdicts.push(...(await check.run(output, { input, evidence, services })));
    } catch (error) {
      verdicts.push(verdict(name, 'unsure', `the check failed: ${messageOf(error)}`));
    }
  }
  return verdicts;
}
