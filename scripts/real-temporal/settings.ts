/** Prints the environment of a Temporal server on the port and for the file that it is started with. */
import { freePort } from '../../runtime/local/ports.ts';
import { ownDatabases } from './databases.ts';

const [port = '', file = ''] = process.argv.slice(2);
const postgres = new URL(process.env['TEMPORAL_POSTGRES'] ?? '');
const own = await ownDatabases(postgres, file);
const ports = [
  'FRONTEND_HTTP_PORT',
  ...['FRONTEND', 'HISTORY', 'MATCHING', 'WORKER'].map((service) => `${service}_MEMBERSHIP_PORT`),
  ...['HISTORY', 'MATCHING', 'WORKER'].map((service) => `${service}_GRPC_PORT`),
];
const settings: Record<string, string> = {
  DB: 'postgres12',
  POSTGRES_SEEDS: postgres.hostname,
  DB_PORT: postgres.port,
  POSTGRES_USER: postgres.username,
  POSTGRES_PWD: postgres.password,
  DBNAME: own.main,
  VISIBILITY_DBNAME: own.visibility,
  NUM_HISTORY_SHARDS: '4',
  BIND_ON_IP: '127.0.0.1',
  TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1',
  FRONTEND_GRPC_PORT: port,
  LOG_LEVEL: 'error',
  // Two servers at once, the suite's and a test's own, share the 100 connections of one Postgres.
  SQL_MAX_CONNS: '6',
  SQL_MAX_IDLE_CONNS: '6',
  SQL_VIS_MAX_CONNS: '3',
  SQL_VIS_MAX_IDLE_CONNS: '3',
};
for (const name of ports) settings[name] = String(await freePort());
for (const [name, value] of Object.entries(settings)) console.log(`${name}='${value.replaceAll("'", `'\\''`)}'`);
