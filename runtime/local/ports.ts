import { createServer } from 'node:net';

/** True when a server could listen on this port of 127.0.0.1 now. */
export async function portIsFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== null;
}

/** A port of 127.0.0.1 that nobody listens on: `preferred` when it is free, so that addresses survive a restart. */
export async function freePort(preferred?: number): Promise<number> {
  const port = (preferred === undefined ? null : await tryPort(preferred)) ?? (await tryPort(0));
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
