import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export interface Desk {
  url: string;
  /** Text by idempotency key: one effect a key. */ effects: Map<string, string>;
  /** Every request, also the repeated ones. */ requests: string[];
  failNext(times: number): void;
  /** Answers wait for this; the effect has happened by then. */ holdUntil(settled: Promise<unknown>): void;
}

/** A receiver that honours idempotency keys, and can be told to fail. */
export async function startDesk(): Promise<Desk> {
  const effects = new Map<string, string>();
  const requests: string[] = [];
  let failures = 0;
  let held: Promise<unknown> = Promise.resolve();
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const key = String(request.headers['idempotency-key']);
      requests.push(key);
      if (failures > 0) {
        failures -= 1;
        response.writeHead(503).end();
        return;
      }
      if (!effects.has(key)) effects.set(key, text);
      void held.then(() => response.writeHead(200).end('{}'));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  afterAll(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
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
  };
}
