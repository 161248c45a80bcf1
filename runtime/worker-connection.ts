import { NativeConnection } from '@temporalio/worker';
import type { TemporalPlace } from './temporal-connection.ts';
import { temporalTrouble } from './temporal-trouble.ts';

/** A worker's connection to a namespace that is there. Throws `setup` with one sentence. */
export async function connectWorker(place: TemporalPlace): Promise<NativeConnection> {
  let connection: NativeConnection | null = null;
  try {
    connection = await NativeConnection.connect(place.connectOptions);
    await connection.workflowService.describeNamespace({ namespace: place.namespace });
    return connection;
  } catch (error) {
    await connection?.close();
    throw await temporalTrouble(error, place);
  }
}
