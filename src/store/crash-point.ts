/**
 * Every boundary where a process may die between two things that belong together. The fault tests kill a real process at
 * each of them (`TRIMTAB_CRASH_AT=name`, or `name:3` for the third time it is passed) and look at what is left.
 */
export const crashPoints = [
  'call.begins',
  'ledger.begin.committed',
  'ledger.taken_over',
  'call.answered',
  'ledger.finish.committed',
  'open.resolved',
  'open.written',
  'ask.written',
  'ask.committed',
  'settle.written',
  'settle.committed',
  'park.written',
  'park.committed',
  'resume.written',
  'close.committed',
  'place.ends',
  'batch.case.left',
  'gathering.written',
  'gathering.taken',
  'request.written',
  'request.committed',
  'decision.swapped',
  'decision.written',
  'cancel.written',
  'cancel.committed',
  'retry.written',
  'retry.committed',
  'delete.written',
  'delete.committed',
  'relay.leased',
  'relay.told',
  'relay.finished',
  'relay.postponed',
  'webhook.begun',
  'webhook.posted',
  'webhook.noted',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** Dies here, as by kill -9, when the environment names this point. Does nothing otherwise. */
export const crashPoint: (name: CrashPoint) => void = armed(process.env['TRIMTAB_CRASH_AT']);

function armed(wanted: string | undefined): (name: CrashPoint) => void {
  if (!wanted) return () => undefined;
  const [point, times = '1'] = wanted.split(':');
  let left = Number(times);
  return (name) => {
    if (name !== point) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
