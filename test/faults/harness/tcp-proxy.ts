import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** What becomes of a connection, or of what goes over it from now on. */
export type LinkFault =
  /** Bytes go through. */
  | 'open'
  /** Both sides stay connected and no byte goes through: a peer that is gone without a word. */
  | 'half_open'
  /** Present connections are reset, new ones too. */
  | 'reset';

export interface TcpProxy {
  port: number;
  /** The target's URL with the proxy's port. */
  through(url: string): string;
  /** Connections that are open now. */
  connections(): number;
  set(fault: LinkFault): void;
  /** Reset what is connected; the next one is served. */
  resetAll(): void;
  /** Every connection from now on is reset after so many bytes from the server; null: none is. */
  cutAfterBytes(bytes: number | null): void;
  stop(): Promise<void>;
}

/** One of a proxy's connections, for whoever reads its protocol. */
export interface Link {
  client: Socket;
  server: Socket;
  toServer(bytes: Buffer): void;
  toClient(bytes: Buffer): void;
  reset(): void;
}
/** Hears every byte of a connection and passes it on by `toServer` and `toClient`, or does not. */
export interface Reader {
  fromClient(bytes: Buffer): void;
  fromServer(bytes: Buffer): void;
}

const passOn = (link: Link): Reader => ({ fromClient: link.toServer, fromServer: link.toClient });

/** A TCP proxy on loopback before any server. `read`: looks into the protocol, see postgres-proxy.ts. */
export async function startTcpProxy(target: { host: string; port: number }, read: (link: Link) => Reader = passOn): Promise<TcpProxy> {
  const links = new Set<Link>();
  let fault: LinkFault = 'open';
  let cutAfter: number | null = null;

  const serve = (client: Socket): void => {
    if (fault === 'reset') {
      client.resetAndDestroy();
      return;
    }
    const server = connect(target);
    let left = cutAfter ?? Infinity;
    const link: Link = {
      client,
      server,
      toServer: (bytes) => void (fault === 'open' && server.writable && server.write(bytes)),
      toClient(bytes) {
        if (fault !== 'open' || !client.writable) return;
        const part = bytes.subarray(0, left);
        left -= part.byteLength;
        client.write(part);
        if (left <= 0) setImmediate(() => link.reset());
      },
      reset() {
        links.delete(link);
        client.resetAndDestroy();
        server.destroy();
      },
    };
    links.add(link);
    for (const side of [client, server]) side.setNoDelay(true);
    const reader = read(link);
    client.on('data', (bytes: Buffer) => reader.fromClient(bytes));
    server.on('data', (bytes: Buffer) => reader.fromServer(bytes));
    for (const [side, other] of [
      [client, server],
      [server, client],
    ] as const) {
      side.on('error', () => undefined);
      side.on('close', () => {
        // A peer that is gone without a word does not say that it goes.
        if (fault === 'half_open') return;
        links.delete(link);
        other.end();
        other.destroySoon();
      });
    }
  };

  const listener = createServer(serve);
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  const { port } = listener.address() as AddressInfo;
  const resetAll = (): void => {
    for (const link of links) link.reset();
  };
  return {
    port,
    through(url) {
      const changed = new URL(url);
      changed.host = `127.0.0.1:${port}`;
      return changed.href;
    },
    connections: () => links.size,
    set(next) {
      const was = fault;
      fault = next;
      // What was swallowed is gone for good, so a connection that stood still cannot go on.
      if (next === 'reset' || (was === 'half_open' && next === 'open')) resetAll();
    },
    resetAll,
    cutAfterBytes(bytes) {
      cutAfter = bytes;
    },
    stop: () =>
      new Promise((resolve) => {
        resetAll();
        listener.close(() => resolve());
      }),
  };
}
