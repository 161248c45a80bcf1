import { serve } from '@hono/node-server';
import type { Server } from 'node:http';
import { TrimtabError } from '../src/errors.ts';
import type { Api } from '../src/api/route.ts';

/**
 * Longer than clients and proxies keep a connection they do not use (60 s as a rule): whoever closes first must not be us, or a
 * request that is just being sent is lost. Node's default is 5 s.
 */
const keepAliveMs = 75_000;

/** Listen. Throws `setup` when the port is taken. Stopping ends live streams and waits for the rest. */
export function listen(api: Api, at: { host: string; port: number }): Promise<{ port: number; stop(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: api.fetch, hostname: at.host, port: at.port }, (info) =>
      resolve({ port: info.port, stop: () => stop(server as Server) }),
    );
    (server as Server).keepAliveTimeout = keepAliveMs;
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
