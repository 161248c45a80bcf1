/**
 * `npm run history -- [--whole] <run-id>[=<name>] …` writes the Temporal histories of runs to test/histories/<version>/<name>.json (.gz where it is long),
 * for the replay gate. Reads TEMPORAL_ADDRESS, and DATABASE_URL where texts over 16 KiB are kept in Postgres.
 * The history that a run is in now; with --whole also those it has continued from, as <name>-1, <name>-2, …
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Client, Connection } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { textCodec } from '../runtime/codec.ts';
import { temporalConnection } from '../runtime/temporal-connection.ts';
import { TrimtabError, messageOf } from '../src/errors.ts';
import { openDatabase } from '../src/store/database.ts';

const folder = fileURLToPath(new URL('../test/histories/', import.meta.url));

/** Characters of a history that is stored as it is; a longer one is compressed. */
const longestPlain = 500_000;

export interface Stored {
  run_id: string;
  name: string;
  whole: boolean;
  /** A folder, from test/histories; not given: the version of the package. */ into?: string | undefined;
}

/** Write what the run's history holds, texts included. Returns the files. */
export async function storeHistory(client: Client, codec: PayloadCodec, { run_id, name, whole, into }: Stored): Promise<string[]> {
  const version = into ?? (JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
  const to = resolve(folder, version);
  await mkdir(to, { recursive: true });
  const histories: string[] = [];
  for (let execution: string | undefined, first = true; first || (whole && execution); first = false) {
    const history = await client.workflow.getHandle(run_id, execution).fetchHistory();
    histories.unshift(JSON.stringify(await plain(history, codec), null, 1));
    execution = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  }
  return Promise.all(
    histories.map(async (history, n) => {
      const packed = history.length > longestPlain;
      const file = join(to, `${name}${histories.length > 1 ? `-${n + 1}` : ''}.json${packed ? '.gz' : ''}`);
      await writeFile(file, packed ? gzipSync(history, { level: 9 }) : `${history}\n`);
      return file;
    }),
  );
}

/**
 * The history as plain JSON that a replay takes as it is: payloads by value instead of by reference, bytes as base64, no
 * names of machines. Not the SDK's historyToJSON: it throws where npm has installed more than one copy of protobufjs.
 */
async function plain(value: unknown, codec: PayloadCodec): Promise<unknown> {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Promise.all(value.map((one) => plain(one, codec)));
  if (isLong(value)) return Number.isSafeInteger(value.toNumber()) ? value.toNumber() : value.toString();
  const [held = value] = isPayload(value) ? await codec.decode([value]) : [];
  const machine = (key: string): boolean => key === 'identity' || (key === 'name' && 'normalName' in held && held.normalName !== '');
  return Object.fromEntries(
    await Promise.all(Object.entries(held).map(async ([key, one]) => [key, machine(key) ? 'worker' : await plain(one, codec)] as const)),
  );
}

const isLong = (value: object): value is { toNumber(): number } => 'toNumber' in value && 'high' in value && 'low' in value;
const isPayload = (value: object): value is Payload => 'metadata' in value && 'data' in value && value.data instanceof Uint8Array;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { whole: { type: 'boolean', default: false } } });
  const url = process.env['DATABASE_URL'];
  if (!url || !process.env['TEMPORAL_ADDRESS'] || positionals.length === 0) {
    throw new TrimtabError(
      'setup',
      'usage: TEMPORAL_ADDRESS=… DATABASE_URL=… npm run history -- [--whole] <run-id>[=<name>] … (both addresses of a local stack are in its state.json)',
    );
  }
  const { namespace, connectOptions } = temporalConnection();
  const db = openDatabase(url, { max: 2, name: 'trimtab history' });
  const client = new Client({ connection: await Connection.connect(connectOptions), namespace });
  for (const each of positionals) {
    const [run_id = '', name = run_id] = each.split('=');
    for (const file of await storeHistory(client, textCodec(db), { run_id, name, whole: values.whole })) console.log(file);
  }
  await client.connection.close();
  await db.destroy();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main().catch((error: unknown) => {
    console.error(messageOf(error));
    process.exitCode = 1;
  });
}
