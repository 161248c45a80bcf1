import pc from 'picocolors';
import type { Attempt, AttemptCall } from '../src/shapes/attempt.ts';
import type { Run } from '../src/shapes/run.ts';
import type { Step } from '../src/shapes/step.ts';
import { mark, money } from './output.ts';

/** The run as text: every step, every attempt, every verdict that did not pass. */
export function trace(run: Run, steps: readonly Step[]): string {
  const usage = `${run.usage.attempts} ${run.usage.attempts === 1 ? 'attempt' : 'attempts'}, ${run.usage.input_tokens + run.usage.output_tokens} tokens, ${money(run.usage.cost_usd)}`;
  const head = `${run.id}  ${run.chain}  ${mark(run.status)}  ${pc.dim(usage)}${run.demo ? pc.yellow('  demo model') : ''}`;
  const error = run.error ? [`  ${pc.red(run.error.code)}: ${run.error.message}`, `  ${run.error.next}`] : [];
  return [head, ...error, ...steps.flatMap(stepLines), ...outputLines(run)].join('\n');
}

function stepLines(step: Step): string[] {
  const superseded = step.superseded_by === null ? '' : pc.dim(` (replaced by ${step.step}/${step.superseded_by})`);
  return [`${pc.bold(step.step)}/${step.occurrence}  ${mark(step.status)}${superseded}`, ...step.attempts.flatMap(attemptLines)];
}

function attemptLines(attempt: Attempt): string[] {
  const by = [attempt.provider, attempt.model].filter(Boolean).join('/');
  const took = attempt.latency_ms === null ? '' : `${Math.round(attempt.latency_ms)} ms`;
  const line = `  ${attempt.attempt}. ${attempt.remedy.padEnd(9)} ${mark(attempt.outcome ?? 'running')}  ${pc.dim([by, took, money(attempt.cost_usd)].filter(Boolean).join('  '))}`;
  const against = attempt.verdicts
    .filter((verdict) => verdict.verdict !== 'pass')
    .map(
      (verdict) =>
        `     ${pc.red(verdict.verdict)} ${verdict.critic}: ${verdict.reason}${verdict.at?.quote ? pc.dim(` «${verdict.at.quote}»`) : ''}`,
    );
  return [line, ...attempt.calls.flatMap(callLines), ...(attempt.error ? [`     ${attempt.error}`] : []), ...against];
}

/** What a model asked of its tools, and its turns that brought nothing. */
function callLines({ call, outcome, error, sent, output, latency_ms, cost_usd }: AttemptCall): string[] {
  const [kind, turn, , tool] = call.split('/');
  const took = latency_ms === null ? '' : `  ${Math.round(latency_ms)} ms`;
  if (kind === 'turn')
    return outcome === null || outcome === 'answer' || outcome === 'calls' ? [] : [`     turn ${turn}: ${mark(outcome)}: ${error ?? ''}`];
  if (kind !== 'tool') return [];
  const given = (sent as { arguments?: unknown } | null)?.arguments ?? {};
  const gave = outcome === 'answer' ? short(output) : `${mark(outcome ?? 'running')}${error ? `: ${error}` : ''}`;
  const cost = cost_usd === 0 || outcome === null ? '' : `  ${money(cost_usd)}`;
  return [`     ${tool} ${pc.dim(short(given))} → ${gave}${pc.dim(`${took}${cost}`)}`];
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

const outputLines = (run: Run): string[] =>
  run.output === null || run.output === undefined
    ? []
    : ['', typeof run.output === 'object' && 'text' in run.output ? String(run.output.text) : JSON.stringify(run.output, null, 2)];
