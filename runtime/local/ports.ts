import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** True when a server could listen on this port of 127.0.0.1 now. */
export async function portIsFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== null;
}

/**
 * Below 32768, where Linux begins to give ports to outgoing connections: one of those may take a port between our look at it
 * and the server's. And Temporal on Postgres keeps its own ports as 16-bit numbers with a sign.
 */
const range = { from: 10_000, to: 32_768 };
const draws = 20;

/** A port of 127.0.0.1 that nobody listens on: `preferred` when it is free, so that addresses survive a restart. */
export async function freePort(preferred?: number): Promise<number> {
  let port = preferred === undefined ? null : await tryPort(preferred);
  for (let left = draws; port === null && left > 0; left -= 1) port = await tryPort(randomInt(range.from, range.to));
  port ??= await tryPort(0);
  if (port === null) throw new Error('no free port on 127.0.0.1');
  return port;
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === 'object' && address !== null ? address.port : null;
      server.close(() => resolve(found));
    });
  });
}
