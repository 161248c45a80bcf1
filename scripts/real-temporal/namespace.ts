/** Registers the namespace as soon as the server answers, as an operator does once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';

const [address = ''] = process.argv.slice(2);
const retentionDays = 1;
/** gRPC: it is there already. */
const exists = 6;

for (const until = Date.now() + 60_000; Date.now() < until; await sleep(100)) {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 }).catch(() => null);
  if (connection === null) continue;
  const made = await connection.workflowService
    .registerNamespace({ namespace: 'default', workflowExecutionRetentionPeriod: { seconds: (retentionDays * 86_400) as never } })
    .then(
      () => true,
      (error: { code?: number }) => error.code === exists,
    );
  await connection.close();
  if (made) break;
}
