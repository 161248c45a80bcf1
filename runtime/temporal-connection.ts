import { loadClientConnectConfig } from '@temporalio/envconfig';

type Connect = ReturnType<typeof loadClientConnectConfig>;

/** Where Temporal is, by the SDK's own variables: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_…, TEMPORAL_CONFIG_FILE. */
export function temporalConnection(env: Record<string, string | undefined> = process.env): {
  namespace: string;
  connectOptions: Connect['connectionOptions'];
} {
  const variables = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: variables });
  return { namespace: namespace ?? 'default', connectOptions: connectionOptions };
}
