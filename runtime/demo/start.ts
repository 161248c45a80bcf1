import { join } from 'node:path';
import type { Database } from '../../src/store/database.ts';
import { appendFault } from './model/fault-log.ts';
import { demoFaultPlan } from './fault-plan.ts';
import { startCrm } from './crm.ts';
import { startHelpDesk } from './help-desk.ts';
import { startDemoModel } from './model/server.ts';
import { seedDemo, type Seeded } from './seed.ts';
import { createReportsReader } from './reports-reader.ts';
import { createShopReader } from './shop-reader.ts';

/** What the demo adds to the stack: the addresses go to server and worker as environment variables. */
export interface Demo {
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** The demo model, while no key and no base URL is set. Its planted faults are logged: the truth that checks are measured against. */
export async function startModel(home: string): Promise<Demo> {
  const log = join(home, 'demo-faults.jsonl');
  const model = await startDemoModel({ plan: demoFaultPlan, log: (fault) => appendFault(log, fault) });
  return { env: { TRIMTAB_DEMO_MODEL_URL: model.base_url }, stop: model.stop };
}

/** The shop, its knowledge, its help desk and its CRM. */
export async function startShop(home: string, db: Database, databaseUrl: string): Promise<Demo & { seeded: Seeded }> {
  const seeded = await seedDemo(db);
  const reader = await createShopReader(db, databaseUrl);
  const reports = await createReportsReader(db, databaseUrl);
  const desk = await startHelpDesk({ folder: join(home, 'sent') });
  const crm = await startCrm({ folder: join(home, 'crm') });
  const env = {
    HELPDESK_URL: desk.url,
    CRM_URL: crm.url,
    ...(reader === null ? {} : { TRIMTAB_READER_URL: reader }),
    ...(reports === null ? {} : { TRIMTAB_SQL_URL: reports }),
  };
  const stop = async (): Promise<void> => {
    await Promise.all([desk.stop(), crm.stop()]);
  };
  return { seeded, stop, env };
}
