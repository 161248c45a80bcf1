import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const version = 'v1.31.2';
const module = 'go.temporal.io/server/cmd';

export interface RealTemporal {
  server: string;
  sql: string;
}

/**
 * Temporal's own server and its schema tool, built once with Go 1.26 into the cache: 4 minutes of two idle cores, done in the
 * background of whatever else the machine does. A cut build leaves nothing behind.
 */
export async function installTemporal(cache: string, say: (line: string) => void): Promise<RealTemporal> {
  const folder = join(cache, `temporal-server-${version}`);
  const programs = { server: join(folder, 'server'), sql: join(folder, 'sql') };
  if (existsSync(programs.server) && existsSync(programs.sql)) return programs;
  say(`building Temporal server ${version} once, for several minutes`);
  mkdirSync(dirname(folder), { recursive: true });
  const made = mkdtempSync(`${folder}-`);
  try {
    const packages = [`${module}/server@${version}`, `${module}/tools/sql@${version}`];
    await promisify(execFile)('nice', ['-n', '19', 'go', 'install', '-tags', 'disable_grpc_modules', ...packages], {
      env: { ...process.env, GOBIN: made, GOFLAGS: '-p=1' },
      maxBuffer: 16 * 1024 * 1024,
    });
    rmSync(folder, { recursive: true, force: true });
    renameSync(made, folder);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return programs;
}
