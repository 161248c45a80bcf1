import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../runtime/local/postgres.ts';
import { startTemporal } from '../../runtime/local/temporal.ts';
import { findTemporal } from '../../runtime/local/temporal-program.ts';
import { readConfig } from '../../src/config.ts';
import { migrate } from '../../src/store/migrate.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    temporalAddress: string;
    /** A file with a line for every test that killed something. */
    killTally: string;
  }
}

/** One Postgres with a migrated template database and one Temporal for the whole suite, in a folder that goes away. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'trimtab-test-'));
  const tally = join(home, 'kills');
  writeFileSync(tally, '');
  project.provide('killTally', tally);
  const [postgres, temporal] = await Promise.allSettled([
    startPostgres({ home, log: () => undefined, durable: false }).then(async (server) => {
      await makeTemplate(server.url);
      project.provide('postgresUrl', server.url);
      return server;
    }),
    findTemporal({ cache: readConfig().cache })
      .then((program) => startTemporal({ home, program, inMemory: true }))
      .then((server) => {
        project.provide('temporalAddress', server.address);
        return server;
      }),
  ]);
  const stop = async (): Promise<void> => {
    const kills = killsOf(tally);
    if (kills !== null) process.stdout.write(`${kills}\n`);
    await Promise.all([postgres, temporal].map((server) => (server.status === 'fulfilled' ? server.value.stop() : null)));
    await rm(home, { recursive: true, force: true });
  };
  for (const server of [postgres, temporal]) {
    if (server.status === 'fulfilled') continue;
    await stop();
    throw server.reason;
  }
  return stop;
}

async function makeTemplate(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('create database template_trimtab').finally(() => client.end());
  await migrate(url.replace(/\/trimtab$/, '/template_trimtab'));
}

/** One line with the sum and what it is made of; null where nothing was killed. */
function killsOf(file: string): string | null {
  const kills = new Map<string, number>();
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const [name = '', count = '0'] = line.split(' ');
    kills.set(name, (kills.get(name) ?? 0) + Number(count));
  }
  if (kills.size === 0) return null;
  const sum = [...kills.values()].reduce((total, count) => total + count, 0);
  return `${sum} kills with kill -9: ${[...kills].map(([name, count]) => `${name} ${count}`).join(', ')}`;
}
