import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { keepRunning } from '../../runtime/children.ts';
import { ensureHome, readCredentials } from '../../runtime/local/home.ts';
import { makeFolder } from '../../runtime/local/make-folder.ts';
import { findTemporal } from '../../runtime/local/temporal-program.ts';
import { reachTemporal, temporalConnection } from '../../runtime/temporal-connection.ts';
import { readConfig } from '../../src/config.ts';
import { until } from '../stack/engine.ts';
import { testTemporal } from '../stack/temporal.ts';

const folder = mkdtempSync(join(tmpdir(), 'trimtab setup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.skipIf(!existsSync('/proc/self'))('a folder that the system will not make is said, not tried for ever', async () => {
  await expect(ensureHome('/proc/x/y')).rejects.toThrow(
    /^The folder \/proc\/x\/y cannot be written .*: set TRIMTAB_HOME to one that can\.$/,
  );
  const path = process.env['PATH'];
  try {
    process.env['PATH'] = '';
    await expect(findTemporal({ cache: '/proc/x' })).rejects.toThrow(/^the cache \/proc\/x\/\S+ cannot be written .*: set TRIMTAB_CACHE/);
  } finally {
    process.env['PATH'] = path;
  }
});

it('an older Node is told so before it meets what it does not know', async () => {
  const bin = new URL('../../bin/', import.meta.url);
  // Its own words for an import that is not there would come first: only the look at the version is loaded with the entry.
  const imported = (name: string) =>
    [...readFileSync(new URL(name, bin), 'utf8').matchAll(/^import[^(\n]*'(.*)';$/gm)].map(([, from]) => from);
  expect([imported('trimtab.mjs'), imported('needs-node.mjs')]).toEqual([['./needs-node.mjs'], []]);
  const old =
    "data:text/javascript,Object.defineProperty(process,'version',{value:'v18.13.0'});Object.defineProperty(process,'versions',{value:{node:'18.13.0'}})";
  const child = spawn(process.execPath, ['--import', old, fileURLToPath(new URL('trimtab.mjs', bin)), 'dev'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(said).toBe('trimtab needs Node 20.19 or newer; this is v18.13.0. Install a newer Node, then run the same command again.\n');
});

it('a folder is made with those above it, also when another start makes it too', () => {
  const deep = join(folder, 'a b', 'c');
  makeFolder(deep, 0o700);
  makeFolder(deep);
  expect(statSync(deep).isDirectory()).toBe(true);
});

it('credentials that were cut off are none', async () => {
  writeFileSync(join(folder, 'credentials.json'), '{"url": "http');
  expect(await readCredentials(folder)).toBeNull();
});

it('a DATABASE_URL that is no address is said without repeating it', () => {
  expect(() => readConfig({ DATABASE_URL: 'secret' })).toThrow(
    /^DATABASE_URL is no address of a database; write postgres:\/\/user:password/,
  );
  expect(readConfig({ DATABASE_URL: 'postgresql://h/db' }).databaseUrl).toBe('postgresql://h/db');
});

it('TEMPORAL_ADDRESS and its kin: an answer, a missing namespace and a missing certificate are one sentence each', async () => {
  const { address } = testTemporal();
  expect(await reachTemporal({ TEMPORAL_ADDRESS: address })).toBe(`${address} answers, namespace default`);
  await expect(reachTemporal({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'nope' })).rejects.toThrow(
    /has no namespace 'nope': make it with `temporal operator namespace create nope`, or mend TEMPORAL_NAMESPACE$/,
  );
  expect(() =>
    temporalConnection({ TEMPORAL_ADDRESS: address, TEMPORAL_TLS_CLIENT_CERT_PATH: '/no.pem', TEMPORAL_TLS_CLIENT_KEY_PATH: '/no.key' }),
  ).toThrow(/^the TEMPORAL_ settings cannot be used \(.*\/no\.(pem|key).*\): mend the one it names/);
});

it('a process that dies time after time is given up with its cause', async () => {
  const said: string[] = [];
  const child = keepRunning('frobnicate', { folder, cwd: folder, env: {}, onDeath: (message) => said.push(message) });
  expect(child.hopeless()).toBeNull();
  await until(async () => child.hopeless() !== null);
  await child.stop();
  expect(child.hopeless()).toMatch(/^frobnicate ended \(exit 2: .*\)$/s);
  expect(said).toEqual([`${child.hopeless()}; starting it again`]);
});

it('a process whose log nobody reads any more can end', async () => {
  const log = new URL('../../runtime/log.ts', import.meta.url).href;
  const code = `import { createLog } from '${log}';
    process.stdout.on('error', () => undefined);
    const log = createLog({ logLevel: 'info' }, 'server');
    process.stdin.resume().on('end', () => { log({ msg: 'stopping' }); log({ msg: 'stopped' }); process.exit(7); });`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdout.destroy();
  child.stdin.end();
  try {
    expect(await once(child, 'exit', { signal: AbortSignal.timeout(25_000) })).toEqual([7, null]);
  } finally {
    child.kill('SIGKILL');
  }
});
