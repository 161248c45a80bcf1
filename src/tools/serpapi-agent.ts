import { Agent, globalAgent } from 'node:https';
import type { Socket } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';

const notOver = (socket: Socket, mostBytes: number): Socket => {
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) socket.destroy(new Error(`the answer is longer than ${mostBytes} bytes`));
  });
  return socket;
};

/**
 * The `serpapi` package fixes its host and reads an answer of any length: this agent cuts a connection that brings more than
 * `mostBytes`, and goes to `endpoint` (`https://host:port`) instead where one is given. The certificate must be valid for
 * that host; an authority of your own comes by NODE_EXTRA_CA_CERTS.
 */
export function cappedAgent(mostBytes: number, endpoint: string | undefined): Agent {
  const target = endpoint === undefined ? null : new URL(endpoint);
  const agent = new Agent({ keepAlive: false });
  Object.assign(agent, {
    createConnection(options: ConnectionOptions): Socket {
      const ca = globalAgent.options.ca;
      if (target === null) return notOver(connect({ ...options, ...(ca ? { ca } : {}) }), mostBytes);
      const host = target.hostname.replace(/^\[|\]$/g, '');
      const isName = /[a-z]/i.test(host) && !host.includes(':');
      return notOver(
        connect({ ...options, ...(ca ? { ca } : {}), host, port: Number(target.port || 443), servername: isName ? host : '' }),
        mostBytes,
      );
    },
  });
  return agent;
}
