import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { CallEnd, CallStart } from '../../src/store/ledger.ts';
import type { AttemptCount } from '../../src/store/run-numbers.ts';
import type { Asked } from './gen-ai.ts';

/** What a worker counts of its own work. Rows are the truth; these are for rates and alarms, from zero at each start. */
export interface WorkerNumbers {
  registry: Registry;
  call(start: CallStart, end: CallEnd): void;
  asked(provider: string, asked: Asked): void;
  abandoned(start: CallStart): void;
  activityFailed(activity: string): void;
  runBlocked(code: string): void;
  runEnded(run: { chain: string; status: string; attempts: readonly AttemptCount[] }): void;
}

const buckets = [0.1, 0.3, 1, 2, 3, 5, 10, 20, 40, 60, 120];

export function workerNumbers(): WorkerNumbers {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[]) => new Counter({ name, help, labelNames, registers });
  const calls = counter('trimtab_calls_total', 'Calls to models, sources and receivers, by what they brought', [
    'kind',
    'call',
    'provider',
    'model',
    'remedy',
    'result',
  ]);
  const verdicts = counter('trimtab_verdicts_total', 'Verdicts of rules and critics', ['critic', 'verdict']);
  const tokens = counter('trimtab_tokens_total', 'Tokens that were paid for', ['provider', 'model', 'direction']);
  const cost = counter('trimtab_cost_usd_total', 'USD, where the price is known', ['provider', 'model']);
  const unknown = counter('trimtab_cost_unknown_total', 'Calls whose cost nobody knows', ['provider', 'model']);
  const failures = counter('trimtab_activity_failures_total', 'Tries that failed at the world around a call: database, codec', [
    'activity',
  ]);
  const blocked = counter('trimtab_runs_blocked_total', 'Times that a run was parked for a cause a person must remove', ['code']);
  const ended = counter('trimtab_runs_ended_total', 'Runs that ended', ['chain', 'status']);
  const attempts = counter('trimtab_attempts_total', 'Attempts of runs that ended, by what the loop made of them', [
    'chain',
    'step',
    'remedy',
    'outcome',
  ]);
  const seconds = new Histogram({
    name: 'trimtab_provider_seconds',
    help: 'Seconds until a provider had answered whole',
    labelNames: ['provider', 'model', 'result'],
    buckets,
    registers,
  });
  const callOf = ({ key }: CallStart): string => key.call.split('/')[0] ?? key.call;
  const count = (start: CallStart, result: string): void =>
    calls.inc({
      kind: start.kind,
      call: callOf(start),
      provider: start.provider ?? '',
      model: start.model ?? '',
      remedy: start.remedy,
      result,
    });
  return {
    registry,
    call(start, { result }) {
      count(start, result.type === 'nothing' ? result.outcome : result.type);
      if (result.type === 'answer') for (const { critic, verdict } of result.verdicts) verdicts.inc({ critic, verdict });
      if (start.kind !== 'generate' || start.provider === null) return;
      const of = { provider: start.provider, model: start.model ?? '' };
      if (result.usage !== null) {
        tokens.inc({ ...of, direction: 'input' }, result.usage.input_tokens);
        tokens.inc({ ...of, direction: 'output' }, result.usage.output_tokens);
      }
      if (result.cost_usd === null) unknown.inc(of);
      else cost.inc(of, result.cost_usd);
    },
    abandoned(start) {
      count(start, 'abandoned');
      if (start.kind === 'generate' && start.provider !== null) unknown.inc({ provider: start.provider, model: start.model ?? '' });
    },
    asked(provider, { start, end, request, completion }) {
      const result = completion.type === 'nothing' ? completion.outcome : completion.type;
      seconds.observe({ provider, model: request.model, result }, (end - start) / 1000);
    },
    activityFailed: (activity) => failures.inc({ activity }),
    runBlocked: (code) => blocked.inc({ code }),
    runEnded({ chain, status, attempts: counts }) {
      ended.inc({ chain, status });
      for (const { step, remedy, outcome, count: n } of counts) attempts.inc({ chain, step, remedy, outcome }, n);
    },
  };
}
