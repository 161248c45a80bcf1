import type { Passage } from '../shapes/passage.ts';
import type { Services } from './source.ts';
import type { Blame, Location, Verdict } from '../shapes/verdict.ts';

/** What a check sees beside the output: the step's input and the passages in it, in the order they were shown. */
export interface CheckContext {
  input: unknown;
  evidence: Passage[];
  /** What the worker lends, for a rule that must look something up. Absent where checks run without a worker. */
  services?: Services | undefined;
}

/** One thing that is wrong. `verdict` is `fail` unless said otherwise. */
export interface Finding {
  reason: string;
  verdict?: 'fail' | 'unsure';
  at?: Location;
  blames?: Blame;
  evidence?: string[];
  missing?: string;
  score?: number;
}

/** A rule over one output. No findings: it passes. A throw fails closed (C9). */
export interface Check<O = unknown> {
  readonly name: string;
  readonly version: string;
  run(output: O, context: CheckContext): Promise<Verdict[]>;
}

type Rule<O> = (output: O, context: CheckContext) => Finding[] | Promise<Finding[]>;

const verdictOf = (critic: string, version: string, finding: Finding): Verdict => ({
  critic,
  version,
  verdict: finding.verdict ?? 'fail',
  score: finding.score ?? null,
  reason: finding.reason,
  at: finding.at ?? null,
  blames: finding.blames ?? null,
  evidence: finding.evidence ?? [],
  ...(finding.missing === undefined ? {} : { missing: finding.missing }),
});

/** Findings as verdicts; none is one that passes. */
export const verdictsOf = (by: { name: string; version: string }, findings: readonly Finding[]): Verdict[] =>
  findings.length > 0
    ? findings.map((finding) => verdictOf(by.name, by.version, finding))
    : [{ critic: by.name, version: by.version, verdict: 'pass', score: null, reason: '', at: null, blames: null, evidence: [] }];

/** Make a named check out of a rule. `version` changes when the rule does: it is on every verdict. */
export function check<O = unknown>(name: string, rule: Rule<O>, version = '1'): Check<O> {
  return {
    name,
    version,
    async run(output, context) {
      return verdictsOf({ name, version }, await rule(output, context));
    },
  };
}
