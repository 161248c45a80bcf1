import { createAdaptorServer } from '@hono/node-server';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TrimtabError } from '../src/errors.ts';
import type { Api } from '../src/api/route.ts';

/**
 * Longer than clients and proxies keep a connection they do not use (60 s as a rule): whoever closes first must not be us, or a
 * request that is just being sent is lost. Node's default is 5 s.
 */
const keepAliveMs = 75_000;

/**
 * Connections that wait to be taken; the system may allow fewer. With Node's 511, thousands that came at once were dropped, and a client's system
 * tries again after 1, 2, 4 … 32 s: some were heard after a minute.
 */
const backlog = 4_096;

/** Listen. Throws `setup` when the port is taken. Stopping ends live streams and waits for the rest. */
export function listen(api: Api, at: { host: string; port: number }): Promise<{ port: number; stop(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createAdaptorServer({ fetch: api.fetch, hostname: at.host }) as Server;
    server.keepAliveTimeout = keepAliveMs;
    server.listen({ ...at, backlog }, () => resolve({ port: (server.address() as AddressInfo).port, stop: () => stop(server) }));
    server.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new TrimtabError('setup', `port ${at.port} is taken: stop what uses it, or set TRIMTAB_PORT to another`, { cause: error })
          : error,
      ),
    );
  });
}

const drainMs = 2_000;

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), drainMs).unref();
  });
}
