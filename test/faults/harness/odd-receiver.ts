import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** A webhook's end as the field has them: it checks signatures, honours ids, and answers as it likes. */
export interface OddReceiver {
  url: string;
  secret: string;
  /** Body by id: one effect an id. */
  effects: Map<string, string>;
  /** Ids in the order in which they came, the repeated ones too. */
  came: string[];
  /** What was wrong with a request: a signature or a time that does not fit, another body under a known id. */
  wrong: string[];
  stop(): Promise<void>;
}

/** `chance`: decides what becomes of an id's first request: refused, its answer lost after the effect, late, or answered. Its later ones are answered. */
export async function startOddReceiver(chance: () => number): Promise<OddReceiver> {
  const receiver: OddReceiver = { url: '', secret: '', effects: new Map(), came: [], wrong: [], stop: async () => undefined };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (chunk: Buffer) => parts.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      const id = String(request.headers['webhook-id']);
      const first = !receiver.came.includes(id);
      receiver.came.push(id);
      try {
        new Webhook(receiver.secret).verify(body, request.headers as Record<string, string>);
      } catch (error) {
        receiver.wrong.push(`${id}: ${String(error)}`);
      }
      const dice = first ? chance() : 1;
      if (dice < 0.1) {
        response.writeHead(503).end();
        return;
      }
      const known = receiver.effects.get(id);
      if (known !== undefined && known !== body) receiver.wrong.push(`${id}: another body`);
      receiver.effects.set(id, body);
      if (dice < 0.2) request.socket.destroy();
      else setTimeout(() => response.writeHead(200).end(), dice < 0.6 ? 100 * dice : 0);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  receiver.stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return receiver;
}
