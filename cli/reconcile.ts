import { reconcileRestored, type Restored } from '../runtime/reconcile-restored.ts';
import { temporalClient } from '../runtime/tell-temporal.ts';
import { connectClient, temporalConnection } from '../runtime/temporal-connection.ts';
import { heardBy } from '../runtime/temporal-history.ts';
import { temporalView } from '../runtime/temporal-view.ts';
import { readConfig } from '../src/config.ts';
import { TrimtabError } from '../src/errors.ts';
import { openDatabase } from '../src/store/database.ts';
import { show } from './output.ts';

/** `trimtab reconcile`: after Postgres or Temporal was restored from a backup. */
export async function reconcileBoth(options: { adopt?: boolean; json?: boolean }): Promise<void> {
  const config = readConfig();
  if (config.databaseUrl === null || config.temporalAddress === null)
    throw new TrimtabError('setup', 'reconcile compares two servers: set DATABASE_URL and TEMPORAL_ADDRESS');
  const db = openDatabase(config.databaseUrl, { max: 4, name: 'trimtab reconcile' });
  const place = temporalConnection();
  const { namespace } = place;
  try {
    const connection = await connectClient(place);
    const client = temporalClient(connection, { namespace, db });
    const report = await reconcileRestored(db, temporalView(client, config.taskQueue), {
      adopt: options.adopt ?? false,
      heard: (run_id) => heardBy(client, db, run_id),
    }).finally(() => connection.close());
    show(options, report, describe);
  } finally {
    await db.destroy();
  }
}

const lines: readonly [keyof Restored, string][] = [
  ['decisions_recovered', 'decisions that Temporal still knew, written down again (reviews)'],
  ['completed', 'runs that completed after the backup; what they returned is gone'],
  ['started_again', 'runs that Temporal does not know, started again; what is on record is not paid again'],
  ['ended', 'runs that Temporal has ended, marked failed or cancelled'],
  ['misfit', 'runs that the build does not fit, blocked'],
  ['deleted_again', 'workflows of deleted runs, deleted again'],
  ['withdrawn', 'reviews of runs that have ended, withdrawn'],
  ['adopted', 'open workflows without a run, taken into the records'],
  ['unknown', 'open workflows without a run, left alone (--adopt takes them over)'],
];

function describe(report: Restored): string {
  const found = lines.flatMap(([name, what]) => {
    const ids = report[name] as string[];
    return ids.length === 0 ? [] : [`${ids.length} ${what}:`, ...ids.map((id) => `  ${id}`)];
  });
  const told = report.told_again > 0 ? [`${report.told_again} words to Temporal are told again`] : [];
  const all = [...found, ...told];
  return all.length === 0 ? `${report.looked} open runs, and both sides agree.` : all.join('\n');
}
