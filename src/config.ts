import { join, resolve } from 'node:path';
import { homedir } from 'node:os';
import { TrimtabError } from './errors.ts';

/** What the environment says, read once. Secrets are looked up by name where they are used and never copied in here. */
export interface Config {
  /** Folder of the local stack's state. */
  home: string;
  /** Where downloaded programs are kept, shared by all homes. */
  cache: string;
  /** Fixed port of the page and the API, null: a free one. */
  port: number | null;
  host: string;
  /** The address people use, when it is not the loopback one. */
  publicUrl: string | null;
  databaseUrl: string | null;
  temporalAddress: string | null;
  taskQueue: string;
  /** Name of the worker deployment whose versions Temporal tells apart, null: every worker takes every run. */
  deployment: string | null;
  /** The demo model's address, set by the local stack while no key and no base URL is set. */
  demoModelUrl: string | null;
  /** The private database, as a role that can only read. */
  readerUrl: string | null;
  logLevel: string;
  /** Where a worker's numbers can be scraped, null: nowhere. */
  metrics: { host: string; port: number } | null;
  /** Runs that a worker keeps in memory between their steps, null: as many as fit. Another one is replayed from its history. */
  workflowCache: number | null;
  secret(name: string): string | undefined;
}

type Environment = Record<string, string | undefined>;

/** Throws `config` for a value that does not fit. */
export function readConfig(env: Environment = process.env): Config {
  const host = env['TRIMTAB_HOST'] ?? '127.0.0.1';
  const publicUrl = env['TRIMTAB_PUBLIC_URL'] ?? null;
  if (!['127.0.0.1', 'localhost', '::1'].includes(host) && publicUrl === null) {
    throw new TrimtabError(
      'config',
      `TRIMTAB_HOST=${host} opens the page to other machines: set TRIMTAB_PUBLIC_URL to the address people use`,
    );
  }
  if (publicUrl !== null && !URL.canParse(publicUrl)) throw new TrimtabError('config', `TRIMTAB_PUBLIC_URL=${publicUrl} is no URL`);
  return Object.freeze({
    home: resolve(env['TRIMTAB_HOME'] ?? '.trimtab'),
    cache: env['TRIMTAB_CACHE'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'trimtab'),
    port: portOf(env['TRIMTAB_PORT']),
    host,
    publicUrl,
    databaseUrl: databaseOf(env['DATABASE_URL']),
    temporalAddress: env['TEMPORAL_ADDRESS'] || null,
    taskQueue: env['TRIMTAB_TASK_QUEUE'] ?? 'trimtab',
    deployment: env['TRIMTAB_DEPLOYMENT'] || null,
    demoModelUrl: env['TRIMTAB_DEMO_MODEL_URL'] || null,
    readerUrl: env['TRIMTAB_READER_URL'] || null,
    logLevel: levelOf(env['TRIMTAB_LOG']),
    metrics: metricsOf(env['TRIMTAB_METRICS']),
    workflowCache: countOf(env['TRIMTAB_WORKFLOW_CACHE']),
    secret: (name: string) => env[name] || undefined,
  });
}

/** No key and no base URL: the demo model answers. */
export const wantsDemoModel = (env: Environment = process.env): boolean =>
  !env['OPENAI_API_KEY'] && !env['ANTHROPIC_API_KEY'] && !env['OPENAI_BASE_URL'];

/** The value is not repeated: there may be a password in it. */
function databaseOf(text: string | undefined): string | null {
  if (!text) return null;
  if (/^(postgres(ql)?|socket):\/\/|^\//.test(text)) return text;
  throw new TrimtabError('config', 'DATABASE_URL is no address of a database; write postgres://user:password@host:5432/name');
}

function portOf(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new TrimtabError('config', `TRIMTAB_PORT=${text} is no port; use a number from 1 to 65535`);
  return port;
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

function levelOf(text: string | undefined): string {
  if (!text) return 'info';
  if (!levels.includes(text)) throw new TrimtabError('config', `TRIMTAB_LOG=${text} is no level; use debug, info, warn, error or silent`);
  return text;
}

function countOf(text: string | undefined): number | null {
  if (!text) return null;
  if (!/^\d{1,6}$/.test(text))
    throw new TrimtabError('config', `TRIMTAB_WORKFLOW_CACHE=${text} is no number of runs; use 0, 200 or the like`);
  return Number(text);
}

/** `9464` or `0.0.0.0:9464`. */
function metricsOf(text: string | undefined): Config['metrics'] {
  if (!text) return null;
  const [, host, digits] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port < 1 || port > 65_535)
    throw new TrimtabError('config', `TRIMTAB_METRICS=${text} is no address; use a port, or host:port`);
  return { host: host?.replace(/^\[(.*)\]$/, '$1') ?? '127.0.0.1', port };
}
