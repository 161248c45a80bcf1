import { join } from 'node:path';
import pc from 'picocolors';
import { readConfig, wantsDemoModel, type Config } from '../src/config.ts';
import { TrimtabError, messageOf } from '../src/errors.ts';
import { openDatabase, type Database } from '../src/store/database.ts';
import { inviteUser } from '../src/store/sessions.ts';
import { migrate } from '../src/store/migrate.ts';
import { keepRunning, type Child } from './children.ts';
import { localKey } from './local-key.ts';
import { startModel, startShop } from './demo/start.ts';
import { checkDemo, submitTickets } from './demo/submit.ts';
import { keepServing } from './local/keep-serving.ts';
import { lockHome } from './local/lock.ts';
import { freePort, portIsFree } from './local/ports.ts';
import { startPostgres } from './local/postgres.ts';
import { startTemporal } from './local/temporal.ts';
import { findTemporal } from './local/temporal-program.ts';
import { removeLocalState, writeLocalState } from './local-state.ts';
import { ensurePage } from './page.ts';
import { createPhases } from './phases.ts';
import { loadProject, type Project } from './project.ts';
import { reachTemporal } from './temporal-connection.ts';
import { watchProject } from './watch-project.ts';

/** The whole stack on this machine. `signIn` works once. */
export interface Stack {
  url: string;
  signIn: string;
  stop(): Promise<void>;
}

type Print = (line: string) => void;
interface Stage {
  config: Config;
  project: Project;
  phases: ReturnType<typeof createPhases>;
  print: Print;
  stops: (() => Promise<void>)[];
  env: Record<string, string>;
}

/** Start everything, one line a phase. What was started is stopped again when a later phase fails. */
export async function startStack(print: Print): Promise<Stack> {
  const stops: Stage['stops'] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.toReversed()) await each().catch((error: unknown) => print(pc.yellow(messageOf(error))));
    stops.length = 0;
  };
  try {
    const config = readConfig();
    const lock = await lockHome(config.home);
    stops.push(() => lock.release());
    if (config.port !== null && !(await portIsFree(config.port))) {
      throw new TrimtabError('setup', `port ${config.port} is taken: stop what uses it, or set TRIMTAB_PORT to another`);
    }
    const phases = createPhases(print);
    const project = await phases.run(
      'chains',
      async () => {
        const loaded = await loadProject();
        checkDemo(loaded);
        return loaded;
      },
      ({ chains }) => [...chains.keys()].join(', '),
    );
    const stack = await stages({ config, project, phases, print, stops, env: {} });
    print(`\n  ready in ${phases.total()}`);
    return { ...stack, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function stages(stage: Stage): Promise<Omit<Stack, 'stop'>> {
  const { config, phases, project, stops } = stage;
  const databaseUrl = await database(stage);
  const db = openDatabase(databaseUrl, { max: 5, name: 'trimtab dev' });
  stops.push(() => db.destroy());
  await phases.run(
    'records',
    () => migrate(databaseUrl),
    ({ applied }) => (applied.length === 0 ? 'up to date' : `${applied.length} migrations applied`),
  );
  const temporal = await temporalServer(stage);
  const page = await phases.run('page', ensurePage, ({ how }) => how);
  if (wantsDemoModel()) await demoModel(stage);
  if (project.config.demo) await shop(stage, db, databaseUrl);
  const port = config.port ?? (await freePort());
  const url = config.publicUrl ?? `http://127.0.0.1:${port}`;
  Object.assign(stage.env, {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TRIMTAB_HOME: config.home,
    TRIMTAB_PORT: String(port),
    TRIMTAB_WEB_ROOT: page.folder,
    ...(temporal.ui === null ? {} : { TRIMTAB_TEMPORAL_UI: temporal.ui, TRIMTAB_LOCAL_TEMPORAL: temporal.address }),
  });
  const apiKey = await localKey(db, { home: config.home, url });
  writeLocalState(config.home, { url, database_url: databaseUrl, temporal_address: temporal.address, temporal_ui: temporal.ui });
  stops.push(async () => removeLocalState(config.home));
  await phases.run(
    'processes',
    () => processes(stage, url),
    () => `${url}${temporal.ui === null ? '' : `  Temporal ${temporal.ui}`}`,
  );
  if (project.config.demo)
    await phases.run(
      'tickets',
      () => submitTickets(url, apiKey),
      (count) => `${count} demo tickets in the queue`,
    );
  return { url, signIn: new URL(`/sign-in?token=${await inviteUser(db, 'me')}`, url).href };
}

async function database({ config, phases, print, stops }: Stage): Promise<string> {
  if (config.databaseUrl !== null) return config.databaseUrl;
  const start = () => startPostgres({ home: config.home, log: print });
  const postgres = await phases.run('Postgres', start, ({ how }) => how);
  const kept = keepServing(postgres, { name: 'Postgres', start, at: ({ url }) => new URL(url).host, say: warn(print) });
  stops.push(() => kept.stop());
  return postgres.url;
}

const warn =
  (print: Print) =>
  (message: string): void =>
    print(pc.yellow(message));

async function temporalServer({ config, phases, print, stops }: Stage): Promise<{ address: string; ui: string | null }> {
  if (config.temporalAddress !== null) {
    await phases.run(
      'Temporal',
      () => reachTemporal(),
      (found) => found,
    );
    return { address: config.temporalAddress, ui: null };
  }
  const start = async () => {
    const program = await findTemporal({ cache: config.cache, log: print });
    return startTemporal({ home: config.home, program, ui: true });
  };
  const temporal = await phases.run('Temporal', start, ({ how }) => how);
  const kept = keepServing(temporal, { name: 'Temporal', start, at: ({ address, uiUrl }) => `${address}, ${uiUrl}`, say: warn(print) });
  stops.push(() => kept.stop());
  return { address: temporal.address, ui: temporal.uiUrl };
}

async function demoModel(stage: Stage): Promise<void> {
  const model = await stage.phases.run(
    'demo model',
    () => startModel(stage.config.home),
    () => 'no key is set: answers are marked "demo model"',
  );
  stage.stops.push(() => model.stop());
  Object.assign(stage.env, model.env);
}

async function shop(stage: Stage, db: Database, databaseUrl: string): Promise<void> {
  const demo = await stage.phases.run(
    'demo shop',
    () => startShop(stage.config.home, db, databaseUrl),
    ({ seeded }) => `${seeded.documents} documents, ${seeded.customers} customers, ${seeded.orders} orders`,
  );
  stage.stops.push(() => demo.stop());
  Object.assign(stage.env, demo.env);
}

/** 6 s on an idle machine of 2 cores; more than 60 s were seen on one with twenty times as much work as cores. */
const readyWithinMs = 180_000;

/** Server and worker are processes of their own, as in production; a saved file starts them again. */
async function processes({ config, project, print, stops, env }: Stage, url: string): Promise<void> {
  const options = { folder: join(config.home, 'logs'), cwd: project.root, env, onDeath: warn(print) };
  const children: Child[] = [keepRunning('server', options), keepRunning('worker', options)];
  stops.push(async () => {
    await Promise.all(children.map((child) => child.stop()));
  });
  const watching = await watchProject(project, config.home, async (file) => {
    print(pc.dim(`${file} was saved; starting again`));
    await Promise.all(children.map((child) => child.restart()));
  });
  stops.push(() => watching());
  await ready(url, children, join(config.home, 'logs'));
}

async function ready(url: string, children: readonly Child[], logs: string): Promise<void> {
  for (const until = Date.now() + readyWithinMs; Date.now() < until;) {
    const response = await fetch(new URL('/readyz', url)).catch(() => null);
    if (response?.ok) return;
    const cause = children.map((child) => child.hopeless()).find((each) => each !== null);
    if (cause !== undefined)
      throw new TrimtabError('setup', `${cause}, time after time: mend the cause and start again; more is in ${logs}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new TrimtabError('setup', `server and worker were not ready within ${readyWithinMs / 1000} s; read ${logs}`);
}
