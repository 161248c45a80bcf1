import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import type { Resolve } from '../../src/egress/resolve.ts';

const typeA = 1;

/** The name of the first question, and where it ends. */
function questionOf(query: Buffer): { name: string; end: number; type: number } {
  const labels: string[] = [];
  let at = 12;
  for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
    labels.push(query.toString('ascii', at + 1, at + 1 + size));
    at += size + 1;
  }
  return { name: labels.join('.'), end: at + 5, type: query.readUInt16BE(at + 1) };
}

function answerTo(query: Buffer, question: { end: number }, addresses: string[]): Buffer {
  const head = Buffer.from(query.subarray(0, question.end));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  const records = addresses.map((address) =>
    Buffer.concat([Buffer.from([0xc0, 0x0c, 0, typeA, 0, 1, 0, 0, 0, 0, 0, 4]), Buffer.from(address.split('.').map(Number))]),
  );
  return Buffer.concat([head, ...records]);
}

/** A real name server over UDP that answers each question for a name with the next of its answers (the last one stays), TTL 0. */
export async function startNameServer(
  answers: (name: string, turn: number) => string[],
): Promise<{ resolve: Resolve; asked: Map<string, number>; stop(): Promise<void> }> {
  const socket = createSocket('udp4');
  const asked = new Map<string, number>();
  socket.on('message', (query, from) => {
    const question = questionOf(query);
    const turn = asked.get(question.name) ?? 0;
    asked.set(question.name, turn + 1);
    const found = question.type === typeA ? answers(question.name, turn) : [];
    socket.send(answerTo(query, question, found), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return { resolve: (host) => resolver.resolve4(host), asked, stop: () => new Promise((resolve) => socket.close(() => resolve())) };
}
