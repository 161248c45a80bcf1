import { Connection, isGrpcServiceError } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { TrimtabError, messageOf } from '../src/errors.ts';

type Connect = ReturnType<typeof loadClientConnectConfig>;

/**
 * Where Temporal is, by the SDK's own variables: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_…, TEMPORAL_CONFIG_FILE.
 * Throws `setup` where they cannot be used.
 */
export function temporalConnection(env: Record<string, string | undefined> = process.env): {
  namespace: string;
  connectOptions: Connect['connectionOptions'];
} {
  const variables = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: variables });
    return { namespace: namespace ?? 'default', connectOptions: connectionOptions };
  } catch (error) {
    throw new TrimtabError('setup', `the TEMPORAL_ settings cannot be used (${messageOf(error)}): mend the one it names, or unset it`, {
      cause: error,
    });
  }
}

const reachWithinMs = 10_000;
const notFound = 5;
const refused = [7, 16];

/** Ask the Temporal that TEMPORAL_ADDRESS names for its namespace. Throws `setup` with one sentence when it cannot be used. */
export async function reachTemporal(env?: Record<string, string | undefined>): Promise<string> {
  const { connectOptions, namespace } = temporalConnection(env);
  const { address } = connectOptions;
  let connection: Connection | null = null;
  try {
    connection = await Connection.connect({ ...connectOptions, connectTimeout: reachWithinMs });
    const { workflowService } = connection;
    await connection.withDeadline(Date.now() + reachWithinMs, () => workflowService.describeNamespace({ namespace }));
    return `${address} answers, namespace ${namespace}`;
  } catch (error) {
    throw new TrimtabError('setup', troubleOf(error, { address: String(address), namespace }), { cause: error });
  } finally {
    await connection?.close();
  }
}

function troubleOf(error: unknown, { address, namespace }: { address: string; namespace: string }): string {
  if (isGrpcServiceError(error) && error.code === notFound)
    return `Temporal at ${address} has no namespace '${namespace}': make it with \`temporal operator namespace create ${namespace}\`, or mend TEMPORAL_NAMESPACE`;
  if (isGrpcServiceError(error) && refused.includes(error.code))
    return `Temporal at ${address} refuses us (${error.details}): mend TEMPORAL_API_KEY, the TEMPORAL_TLS_ settings or TEMPORAL_NAMESPACE`;
  return `${address} does not answer (${messageOf(error)}): mend TEMPORAL_ADDRESS or the TEMPORAL_TLS_ settings, or unset it for the local one`;
}
