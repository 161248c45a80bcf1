import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { reachTemporal, temporalConnection } from '../../runtime/temporal-connection.ts';
import { freePort } from '../../runtime/local/ports.ts';
import { authority } from '../../testing/self-signed.ts';
import { startProviderServer, type ProviderCall, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';
import { callApi, type ApiAnswer, type ApiCall } from '../stack/call-api.ts';
import { startChild, type Child } from '../stack/child.ts';
import { testDatabase } from '../stack/database.ts';
import { startDesk, type Desk } from '../stack/desk.ts';
import { until } from '../stack/engine.ts';
import { startTemporalFront, type TemporalFront } from '../stack/temporal-front.ts';
import { testTemporal } from '../stack/temporal.ts';

// Whole stacks are started.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const cwd = fileURLToPath(new URL('../projects/', import.meta.url));
const namespace = 'trimtab-tls';
const key = 'tk_the-key-that-nobody-may-read';
const name = 'temporal.test';
const ours = authority();
const client = ours.sign('trimtab');

let folder: string;
let provider: ProviderServer;
let desk: Desk;
/** Asks for the key; asks for a certificate. */
let byKey: TemporalFront;
let byCertificate: TemporalFront;

const pass = { verdict: 'pass', reason: '', at: null, blames: null, missing: null };
function say(call: ProviderCall): Scripted {
  if (JSON.stringify(call.messages).includes('test of the connection')) return { text: JSON.stringify({ ok: true }) };
  return { text: JSON.stringify(call.model === 'judge-1' ? pass : { text: 'An answer [1].' }) };
}

/** A namespace is made at once and found a little later. */
async function makeNamespace(): Promise<void> {
  const connection = await Connection.connect({ address: testTemporal().address });
  const seconds = 86_400 as never;
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds } });
  await until(() =>
    connection.workflowService
      .describeTaskQueue({ namespace, taskQueue: { name: 'none' } })
      .then(() => true)
      .catch(() => false),
  );
  await connection.close();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trimtab-tls-'));
  const { address: behind } = testTemporal();
  const certificate = ours.sign(name);
  [provider, desk, byKey, byCertificate] = await Promise.all([
    startProviderServer(say),
    startDesk(),
    startTemporalFront({ behind, certificate, key }),
    startTemporalFront({ behind, certificate, clients: ours.cert }),
    makeNamespace(),
    writeFile(join(folder, 'ca.pem'), ours.cert),
    writeFile(join(folder, 'client.pem'), client.cert),
    writeFile(join(folder, 'client.key'), client.key),
  ]);
});
afterAll(async () => {
  await provider.stop();
  await rm(folder, { recursive: true, force: true });
});

const keyed = (): Record<string, string> => ({
  TEMPORAL_ADDRESS: byKey.address,
  TEMPORAL_NAMESPACE: namespace,
  TEMPORAL_API_KEY: key,
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: join(folder, 'ca.pem'),
  TEMPORAL_TLS_SERVER_NAME: name,
});
const certified = (): Record<string, string> => ({
  TEMPORAL_ADDRESS: byCertificate.address,
  TEMPORAL_NAMESPACE: namespace,
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: ours.cert,
  TEMPORAL_TLS_SERVER_NAME: name,
  TEMPORAL_TLS_CLIENT_CERT_PATH: join(folder, 'client.pem'),
  TEMPORAL_TLS_CLIENT_KEY_PATH: join(folder, 'client.key'),
});

function foreign(): Record<string, string> {
  const { cert, key: secret } = authority().sign('somebody');
  return { TEMPORAL_TLS_CLIENT_CERT_DATA: cert, TEMPORAL_TLS_CLIENT_KEY_DATA: secret };
}

interface Place {
  home: string;
  env: Record<string, string>;
}
async function place(temporal: Record<string, string>): Promise<Place> {
  const home = await mkdtemp(join(folder, 'home-'));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    DATABASE_URL: (await testDatabase({ max: 2 })).url,
    TRIMTAB_HOME: home,
    TRIMTAB_TASK_QUEUE: `tls-${temporal['TEMPORAL_ADDRESS']}`,
    TRIMTAB_LOG: 'debug',
    TRIMTAB_ENDPOINT_DESK: desk.url,
    OPENAI_API_KEY: 'sk-test',
    OPENAI_BASE_URL: provider.openai_url,
    ...temporal,
  };
  return { home, env };
}

const trimtab = async (command: string[], { env }: Place): Promise<{ code: number | null; said: string }> => {
  const child = startChild(command, { cwd, env });
  const { code } = await child.ended;
  return { code, said: child.said() };
};

interface Credentials {
  url: string;
  api_key: string;
}

/** A ticket, from the question to the effect. */
async function runToItsEnd(home: string): Promise<void> {
  const { url, api_key } = JSON.parse(await readFile(join(home, 'credentials.json'), 'utf8')) as Credentials;
  const call = (path: string, options?: ApiCall): Promise<ApiAnswer> => callApi({ url, key: api_key }, path, options);
  const waits = await call('/v1/chains/tickets/runs?wait=60', { body: { input: { question: 'through TLS?' } } });
  expect(waits.body).toMatchObject({ status: 'waiting' });
  await call(`/v1/reviews/${waits.body.review_id}/decision`, { body: { decision: 'approve', version: 1 } });
  const ended = await until(async () => {
    const { body } = await call(`/v1/runs/${waits.body.id}`);
    return body.status !== 'running' && body.status !== 'waiting' && body;
  });
  expect(ended).toMatchObject({ status: 'succeeded', output: { id: expect.stringContaining(waits.body.id) } });
}

/** Everything that was written under a folder. */
async function written(home: string): Promise<string> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8'));
  return (await Promise.all(files)).join('\n');
}

async function started(at: Place): Promise<Child> {
  const stack = startChild(['dev'], { cwd, env: at.env });
  await stack.until('Sign in');
  return stack;
}

it.each([
  ['an API key', keyed, () => byKey],
  ['a client certificate', certified, () => byCertificate],
])('with DATABASE_URL and a Temporal that wants %s a chain runs to its end, and nothing is started here', async (_, settings, front) => {
  const at = await place(settings());
  const stack = await started(at);
  expect(stack.said()).toContain(`${front().address} answers, namespace ${namespace}`);
  expect(stack.said()).not.toMatch(/Postgres +[\d.]+ s/);
  await runToItsEnd(at.home);

  const doctor = await trimtab(['doctor', '--deep'], at);
  expect(doctor.said).not.toContain('✗');
  expect(doctor.said).toContain(`${front().address} answers, namespace ${namespace}`);
  expect(doctor.said).toMatch(/deep: clean-up +run_\w+ is deleted/);
  expect(doctor.code).toBe(0);
  expect(await stack.end('SIGTERM')).toMatchObject({ code: 0 });

  const polls = ['StartWorkflowExecution', 'PollWorkflowTaskQueue', 'RespondWorkflowTaskCompleted', 'PollActivityTaskQueue'];
  for (const method of polls) expect(front().let).toContain(`/temporal.api.workflowservice.v1.WorkflowService/${method}`);
  const files = await readdir(at.home);
  expect(files).not.toContain('postgres');
  expect(files).not.toContain('temporal');
  const logs = `${stack.said()}${doctor.said}${await written(at.home)}`;
  expect(logs).toContain('"service":"trimtab-worker"');
  for (const secret of [key, client.key.split('\n')[1] ?? '']) expect(logs).not.toContain(secret);
});

const wrongKey = /refuses us \(.*\): mend TEMPORAL_API_KEY, the TEMPORAL_TLS_ settings or TEMPORAL_NAMESPACE$/;
const without = (settings: Record<string, string>, ...names: string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).filter(([known]) => !names.some((each) => known.includes(each))));

it.each([
  ['a wrong key', () => ({ ...keyed(), TEMPORAL_API_KEY: 'tk_wrong' }), wrongKey],
  ['no key', () => without(keyed(), 'API_KEY'), wrongKey],
  ['a namespace that is not there', () => ({ ...keyed(), TEMPORAL_NAMESPACE: 'nope' }), /has no namespace 'nope': make it with/],
  ['a key with a line in it', () => ({ ...keyed(), TEMPORAL_API_KEY: `${key}\nmore` }), /TEMPORAL_API_KEY has a character that no key has/],
  ['no authority', () => without(keyed(), 'CA_CERT'), /does not answer \(unable to verify the first certificate\): mend/],
  [
    'no server name',
    () => without(keyed(), 'SERVER_NAME'),
    /does not answer \(Hostname\/IP does not match certificate's altnames: .*\): mend/,
  ],
  ['TLS switched off', () => ({ ...keyed(), TEMPORAL_TLS: 'false' }), /does not speak plain HTTP\/2; TEMPORAL_TLS=true or/],
  [
    'TLS for a plain one',
    () => ({ ...keyed(), TEMPORAL_ADDRESS: testTemporal().address }),
    /does not answer \(it does not speak TLS\): mend/,
  ],
  [
    'no client certificate',
    () => without(certified(), 'CLIENT'),
    /it wants a client certificate that it knows: TEMPORAL_TLS_CLIENT_CERT_PATH/,
  ],
  ['a certificate without its key', () => without(certified(), 'CLIENT_KEY'), /go together; one is missing\): mend/],
  [
    "another key than the certificate's",
    () => ({ ...without(certified(), 'CLIENT_KEY'), TEMPORAL_TLS_CLIENT_KEY_DATA: authority().sign('x').key }),
    /TEMPORAL_TLS_CLIENT_CERT_… with TEMPORAL_TLS_CLIENT_KEY_… cannot be read: .*mismatch/,
  ],
  [
    'a foreign client certificate',
    () => ({ ...without(certified(), 'CLIENT'), ...foreign() }),
    /it ended the connection, as for a client certificate that it does not know/,
  ],
  [
    'an authority that is none',
    () => ({ ...certified(), TEMPORAL_TLS_SERVER_CA_CERT_DATA: 'x' }),
    /TEMPORAL_TLS_SERVER_CA_CERT_… cannot be read/,
  ],
  ['an address with https://', () => ({ ...keyed(), TEMPORAL_ADDRESS: 'https://x:7233' }), /is no address; write host:7233, without https/],
  [
    'a port where nobody listens',
    () => ({ ...keyed(), TEMPORAL_ADDRESS: '127.0.0.1:9' }),
    /does not answer \(connect ECONNREFUSED 127.0.0.1:9\): mend/,
  ],
])('%s is one sentence that names the setting and not the key', async (_, settings, sentence) => {
  const error = await reachTemporal({ HOME: folder, ...settings() }, 700).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ name: 'TrimtabError', code: 'setup', message: expect.stringMatching(sentence) });
  expect((error as Error).message).not.toContain(key);
});

it('start, doctor, worker, reconcile and the log of a server say the same sentence of a wrong key, and neither key', async () => {
  const { env, home } = await place({ ...keyed(), TEMPORAL_API_KEY: 'tk_wrong', TRIMTAB_PORT: String(await freePort()) });
  const server = startChild(['server'], { cwd, env: { ...env, TRIMTAB_LOG: 'warn' } });
  await server.until('mend TEMPORAL_API_KEY');
  expect(server.said()).not.toContain('tk_');
  expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });
  const said = await Promise.all(
    [['dev'], ['worker'], ['reconcile'], ['doctor']].map((command) => trimtab(command, { home, env: { ...env, TRIMTAB_LOG: 'info' } })),
  );
  for (const { code, said: words } of said) {
    expect(code).toBe(1);
    expect(words).toMatch(
      /Temporal at \S+ refuses us \(.*\)[:\n\s]+mend TEMPORAL_API_KEY, the TEMPORAL_TLS_ settings or TEMPORAL_NAMESPACE\n/i,
    );
    expect(words).not.toMatch(/\n\s+at |tk_/);
  }
});

it('a worker for a namespace that is not there says how to make it', async () => {
  const at = await place({ ...keyed(), TEMPORAL_NAMESPACE: 'nope' });
  const { code, said } = await trimtab(['worker'], { ...at, env: { ...at.env, TRIMTAB_LOG: 'info' } });
  expect(said).toMatch(
    /^✗ Temporal at \S+ has no namespace 'nope': make it with `temporal operator namespace create nope`, or mend TEMPORAL_NAMESPACE\n$/,
  );
  expect(code).toBe(1);
});

it('a setting that is empty is not set; a line break after the key is no part of it', () => {
  expect(
    temporalConnection({ TEMPORAL_ADDRESS: 'h:1', TEMPORAL_API_KEY: '', TEMPORAL_NAMESPACE: '', TEMPORAL_TLS_SERVER_NAME: ' ' }),
  ).toEqual({ namespace: 'default', connectOptions: { address: 'h:1' } });
  expect(temporalConnection({ TEMPORAL_ADDRESS: 'h:1', TEMPORAL_API_KEY: 'tk\n' }).connectOptions).toMatchObject({
    apiKey: 'tk',
    tls: true,
  });
});

it('what is set for another Temporal is not for the one that the local stack started', () => {
  expect(temporalConnection({ ...keyed(), TRIMTAB_LOCAL_TEMPORAL: '127.0.0.1:7' })).toEqual({
    namespace: 'default',
    connectOptions: { address: '127.0.0.1:7' },
  });
});
