import pc from 'picocolors';
import type { CaseResult, Evaluation, WayCount } from '../src/evaluate/evaluation.ts';
import type { Way } from '../src/evaluate/way.ts';
import { money, table } from './output.ts';

const told: Record<Way, string> = {
  first: 'first draft accepted',
  retry: 'answered after a retry',
  reask: 'healed by reask',
  revise: 'healed by revise',
  resample: 'healed by resample',
  vote: 'healed by vote',
  best_of: 'healed by the best of several',
  model: 'healed by another model',
  backtrack: 'healed by backtrack',
  best: 'went on with the best, not accepted',
  person: 'waits for a person',
  failed: 'failed',
  blocked: 'blocked',
  cancelled: 'cancelled',
};

const percent = (share: number): string => (share * 100).toFixed(1);

export interface Report extends Evaluation {
  evaluation: string;
  chain: string;
  file: string;
  min: number;
  duration_ms: number;
  /** Ended before all cases were judged. */
  interrupted: boolean;
  results: CaseResult[];
}

/** The evaluation as text: the share that passed, what it took, how each case came to its answer, and what did not hold. */
export function drawReport(report: Report): string {
  const failed = report.results.filter(({ passed }) => !passed);
  return [
    headOf(report),
    `  ${costOf(report)}   ${count(report.attempts, 'attempt')}${report.judged > 0 ? ` (${(report.attempts / report.judged).toFixed(1)} a case)` : ''}   ${report.tokens} tokens   ${(report.duration_ms / 1_000).toFixed(1)} s`,
    ...(report.ways.length > 0 ? ['', indented(table([['HOW', 'CASES', 'PASSED', 'CAUGHT ON THE WAY'], ...report.ways.map(wayRow)]))] : []),
    ...failed.flatMap((result) => ['', ...failedLines(result)]),
  ].join('\n');
}

function headOf({ chain, cases, judged, passed, pass_rate, interval, interrupted, demo }: Report): string {
  const range = `95 % interval ${percent(interval.low)} to ${percent(interval.high)}`;
  const share = judged === 0 ? 'no case was judged' : `${passed} of ${judged} cases passed: ${percent(pass_rate)} %, ${range}`;
  const partial = interrupted ? pc.yellow(`  stopped before ${cases - judged} of ${cases} were judged`) : '';
  return `${pc.bold(chain)}  ${share}${partial}${demo ? pc.yellow('  demo model') : ''}`;
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

const costOf = ({ cost_usd, known_cost_usd, unknown_cost_calls }: Report): string =>
  cost_usd === null
    ? `cost unknown (${money(known_cost_usd)} and ${count(unknown_cost_calls, 'call')} without a price)`
    : `cost ${money(cost_usd)}`;

const wayRow = ({ way, cases, passed, caught }: WayCount): string[] => [
  told[way],
  String(cases),
  String(passed),
  Object.entries(caught)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, times]) => `${name} ${times}`)
    .join(', '),
];

const indented = (text: string): string => text.replace(/^/gm, '  ');

const failedLines = ({ name, line, run_id, differences }: CaseResult): string[] => [
  `${pc.red('✗')} ${name}  ${pc.dim(`line ${line}, trimtab show ${run_id}`)}`,
  ...differences.flatMap(({ expected, got }) => [`    expected ${expected}`, `    got      ${got.replaceAll('\n', ' ')}`]),
];
