import { createApi, openApiOf } from '../src/api/app.ts';
import { openDatabase } from '../src/store/database.ts';

/** The contract as JSON text, made from the routes alone: nothing is connected. */
export async function openApiText(): Promise<string> {
  const db = openDatabase('postgres://nobody@127.0.0.1:1/none');
  const nothing = (): void => undefined;
  const api = createApi({
    db,
    listener: { on: () => nothing, onReturn: () => nothing, stop: async () => undefined },
    chains: new Map(),
    publicUrl: 'http://127.0.0.1:8090',
    feedbackTypes: [],
    temporalTrouble: async () => null,
    temporalUrl: () => null,
    webRoot: null,
    demoModel: false,
    endpointRefusal: async () => null,
    log: nothing,
  });
  await db.destroy();
  return `${JSON.stringify(openApiOf(api), null, 2)}\n`;
}
