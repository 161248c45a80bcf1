import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An outside service that honours ids and counts what it gets. */
export interface Receiver {
  url: string;
  /** Body by id: one effect an id. */
  effects: Map<string, string>;
  /** The id of every request, also of the repeated and the refused ones. */
  requests: string[];
  /** So many of the next requests with an id that is new are answered 503, before anything happens. */
  failNext(times: number): void;
  /** Answers wait for this; the effect has happened by then. */
  holdUntil(settled: Promise<unknown>): void;
  stop(): Promise<void>;
}

/** `header`: where the id stands: `idempotency-key` at a help desk, `webhook-id` at a webhook's end. */
export async function startReceiver(header: string): Promise<Receiver> {
  const effects = new Map<string, string>();
  const requests: string[] = [];
  let failures = 0;
  let held: Promise<unknown> = Promise.resolve();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (chunk: Buffer) => parts.push(chunk));
    request.on('end', () => {
      const id = String(request.headers[header]);
      const known = requests.includes(id);
      requests.push(id);
      if (failures > 0 && !known) {
        failures -= 1;
        response.writeHead(503).end();
        return;
      }
      if (!effects.has(id)) effects.set(id, Buffer.concat(parts).toString());
      void held.then(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    effects,
    requests,
    failNext: (times) => {
      failures = times;
    },
    holdUntil: (settled) => {
      held = settled;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
