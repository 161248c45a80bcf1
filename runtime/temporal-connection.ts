import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { TrimtabError, messageOf } from '../src/errors.ts';
import { temporalTrouble } from './temporal-trouble.ts';

type Environment = Record<string, string | undefined>;
type ConnectOptions = ReturnType<typeof loadClientConnectConfig>['connectionOptions'];

/** How to reach a Temporal, and in which namespace. */
export interface TemporalPlace {
  namespace: string;
  connectOptions: ConnectOptions;
}

/**
 * Where Temporal is, by the SDK's own variables: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_…,
 * TEMPORAL_CONFIG_FILE. An empty one is not set. Throws `setup` where they cannot be used.
 */
export function temporalConnection(env: Environment = process.env): TemporalPlace {
  // The local stack's own server: what is set for another one, or stands in the SDK's file, is not for it.
  if (env['TRIMTAB_LOCAL_TEMPORAL']) return { namespace: 'default', connectOptions: { address: env['TRIMTAB_LOCAL_TEMPORAL'] } };
  const variables = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value?.trim() ? [[name, name.startsWith('TEMPORAL_') ? value.trim() : value]] : [])),
  );
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: variables });
    usable(connectionOptions, variables);
    return { namespace: namespace ?? 'default', connectOptions: connectionOptions };
  } catch (error) {
    throw new TrimtabError('setup', `the TEMPORAL_ settings cannot be used (${messageOf(error)}): mend the one it names, or unset it`, {
      cause: error,
    });
  }
}

/** What the SDK takes and fails with later, in words of its own, among them the key itself. */
function usable({ address, apiKey, tls }: ConnectOptions, variables: Record<string, string>): void {
  if (address?.includes('/')) throw new Error(`TEMPORAL_ADDRESS=${address} is no address; write host:7233, without https://`);
  if (typeof apiKey === 'string' && !/^[\x20-\x7e]+$/.test(apiKey))
    throw new Error('TEMPORAL_API_KEY has a character that no key has; copy it again');
  const named = (part: string): boolean => Object.keys(variables).some((name) => name.startsWith(`TEMPORAL_TLS_CLIENT_${part}_`));
  if (named('CERT') !== named('KEY'))
    throw new Error('TEMPORAL_TLS_CLIENT_CERT_… and TEMPORAL_TLS_CLIENT_KEY_… go together; one is missing');
  if (typeof tls !== 'object' || tls === null) return;
  const { serverRootCACertificate: root, clientCertPair: pair } = tls;
  if (root) parsed('TEMPORAL_TLS_SERVER_CA_CERT_…', () => new X509Certificate(root));
  if (pair)
    parsed('TEMPORAL_TLS_CLIENT_CERT_… with TEMPORAL_TLS_CLIENT_KEY_…', () =>
      createSecureContext({ cert: Buffer.from(pair.crt), key: Buffer.from(pair.key) }),
    );
}

function parsed(name: string, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    throw new Error(`${name} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

const reachWithinMs = 10_000;

/** Ask the Temporal that TEMPORAL_ADDRESS names for its namespace. Throws `setup` with one sentence when it cannot be used. */
export async function reachTemporal(env?: Environment, withinMs = reachWithinMs): Promise<string> {
  const place = temporalConnection(env);
  const { connectOptions, namespace } = place;
  let connection: Connection | null = null;
  try {
    connection = await Connection.connect({ ...connectOptions, connectTimeout: withinMs });
    const { workflowService } = connection;
    await connection.withDeadline(Date.now() + withinMs, () => workflowService.describeNamespace({ namespace }));
    return `${connectOptions.address} answers, namespace ${namespace}`;
  } catch (error) {
    throw await temporalTrouble(error, place);
  } finally {
    await connection?.close();
  }
}

/** A client's connection that answers. Throws `setup` with one sentence. */
export async function connectClient(place: TemporalPlace): Promise<Connection> {
  try {
    return await Connection.connect(place.connectOptions);
  } catch (error) {
    throw await temporalTrouble(error, place);
  }
}
