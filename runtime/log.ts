import { hostname } from 'node:os';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { Config } from '../src/config.ts';
import { errorFacts } from './error-facts.ts';

/** One line of JSON: `level` is debug, info (default), warn or error; `error` may be anything that was thrown. */
export type Log = (entry: Record<string, unknown>) => void;
type Service = 'server' | 'worker';
type Level = 'debug' | 'info' | 'warn' | 'error';

const levels: ReadonlySet<unknown> = new Set<Level>(['debug', 'info', 'warn', 'error']);

/** What a process says, by the level of TRIMTAB_LOG. What concerns a run carries `run_id`, and where it is known `step` and `attempt`. */
export function createLog({ logLevel }: Pick<Config, 'logLevel'>, service: Service, to?: DestinationStream): Log {
  const log = logger(service, logLevel, to);
  return ({ level = 'info', error, ...entry }) =>
    log[levels.has(level) ? (level as Level) : 'info'](error === undefined ? entry : { ...entry, error: errorFacts(error) });
}

/** A line about the process itself, whatever the level. */
export const announcer =
  (service: Service) =>
  (line: string): void =>
    logger(service, 'info').info(line);

/** Not pino's own writer, which writes to a pipe that nobody reads again and again, for ever, while the process exits. */
const standardOutput: DestinationStream = { write: (line) => void process.stdout.write(line) };

const logger = (service: Service, level: string, to: DestinationStream = standardOutput): Logger =>
  pino(
    {
      level,
      base: { service: `trimtab-${service}`, pid: process.pid, host: hostname() },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['authorization', 'cookie', '*.authorization', '*.cookie'],
    },
    to,
  );
