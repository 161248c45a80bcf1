import { createServer } from 'node:http';
import type { Registry } from 'prom-client';
import { TrimtabError } from '../../src/errors.ts';

const sdkWithinMs = 2_000;

/**
 * What Prometheus scrapes of a worker, with no key: numbers and names, no texts. `/metrics` is ours and the Temporal SDK's
 * (`sdkUrl`) in one page, `/healthz` says that the process lives. Throws `setup` when the port is taken.
 */
export async function serveNumbers(
  registry: Registry,
  { host, port, sdkUrl }: { host: string; port: number; sdkUrl: string | null },
): Promise<{ stop(): void }> {
  const server = createServer((request, response) => {
    if (request.url === '/healthz') return response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
    if (request.url !== '/metrics') return response.writeHead(404).end();
    void Promise.all([registry.metrics(), sdkNumbers(sdkUrl)]).then(
      (pages) => response.writeHead(200, { 'content-type': registry.contentType }).end(pages.join('\n')),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' || error.code === 'EADDRNOTAVAIL'
          ? new TrimtabError('setup', `TRIMTAB_METRICS: ${host}:${port} cannot be listened on (${error.code}): name another`, {
              cause: error,
            })
          : error,
      ),
    );
    server.listen(port, host, resolve);
  });
  server.unref();
  return {
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function sdkNumbers(url: string | null): Promise<string> {
  if (url === null) return '';
  try {
    return await (await fetch(url, { signal: AbortSignal.timeout(sdkWithinMs) })).text();
  } catch {
    return '';
  }
}
