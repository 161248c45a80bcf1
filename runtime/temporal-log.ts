import type { Logger, LogMetadata } from '@temporalio/worker';
import type { Log } from './log.ts';

/** A run that fails is on the record, which is where people look; it is no trouble of the worker. */
const failedRun = 'Workflow failed';
/** What the SDK adds and we pass on, under our own names. Anything else could be a payload. */
const names: Readonly<Record<string, string>> = {
  workflowId: 'run_id',
  workflow_id: 'run_id',
  workflowType: 'chain',
  activityType: 'activity',
  attempt: 'temporal_attempt',
  durationMs: 'ms',
  run_id: 'run_id',
  step: 'step',
  occurrence: 'occurrence',
  trimtab_attempt: 'attempt',
  call: 'call',
};

/** The SDK's own lines in our log. What it says from info downwards is noise here. */
export function temporalLogger(log: Log): Logger {
  const say = (level: 'debug' | 'warn' | 'error') => (message: string, meta?: LogMetadata) => {
    if (message === failedRun) return;
    log({ level, msg: message, ...factsOf(meta ?? {}), ...('error' in (meta ?? {}) ? { error: meta?.['error'] } : {}) });
  };
  const none = (): void => undefined;
  return {
    log: (level, message, meta) =>
      level === 'WARN' || level === 'ERROR' ? say(level === 'WARN' ? 'warn' : 'error')(message, meta) : undefined,
    trace: none,
    debug: none,
    info: none,
    warn: say('warn'),
    error: say('error'),
  };
}

/** In the metadata of native lines `run_id` is Temporal's own id of a history, a UUID. */
function factsOf(meta: LogMetadata): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  for (const [name, ours] of Object.entries(names)) {
    const value = meta[name];
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    if (name === 'run_id' && !String(value).startsWith('run_')) continue;
    facts[ours] = value;
  }
  return facts;
}
