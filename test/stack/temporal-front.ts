import { once } from 'node:events';
import { connect, constants, createSecureServer, type Http2Session, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';
import type { SelfSigned } from '../../testing/self-signed.ts';

export interface TemporalFront {
  address: string;
  /** Calls that were let through, and those that were not. */
  let: string[];
  refused: string[];
}
export interface FrontOptions {
  /** The plain Temporal behind it. */ behind: string;
  certificate: SelfSigned;
  /** Calls without `authorization: Bearer` of this are refused, as Temporal Cloud does it. */ key?: string;
  /** Who signs the certificates that clients must show. */ clients?: string;
}

const unauthenticated = '16';

/** TLS in front of the suite's Temporal, as Temporal Cloud is from outside: HTTP/2 with a certificate, an API key or a client's certificate. */
export async function startTemporalFront({ behind, certificate, key, clients }: FrontOptions): Promise<TemporalFront> {
  const upstream = connect(`http://${behind}`);
  upstream.on('error', () => undefined);
  const sessions = new Set<Http2Session>();
  const seen = { let: [] as string[], refused: [] as string[] };
  const server = createSecureServer({
    ...certificate,
    ...(clients === undefined ? {} : { ca: clients, requestCert: true, rejectUnauthorized: true }),
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session)).on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const path = String(headers[':path']);
    if (key !== undefined && headers['authorization'] !== `Bearer ${key}`) {
      seen.refused.push(path);
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': unauthenticated, 'grpc-message': 'Request unauthorized.' },
        { endStream: true },
      );
      return;
    }
    seen.let.push(path);
    forward(upstream, stream, headers);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(async () => {
    for (const session of sessions) session.destroy();
    upstream.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, ...seen };
}

/** One call, with the trailers in which gRPC says how it ended. */
function forward(upstream: ReturnType<typeof connect>, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const onward = upstream.request(Object.fromEntries(Object.entries(headers).filter(([name]) => name !== ':authority')));
  let trailers: IncomingHttpHeaders = {};
  onward.on('response', (answer, flags) => {
    if (stream.destroyed) return;
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(answer, { endStream, waitForTrailers: !endStream });
    if (endStream) return;
    stream.once('wantTrailers', () => stream.sendTrailers(trailers));
    onward.pipe(stream);
  });
  onward.on('trailers', (end) => {
    trailers = end;
  });
  onward.on('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  stream.on('close', () => {
    if (!onward.closed) onward.close(constants.NGHTTP2_CANCEL);
  });
  stream.pipe(onward);
}
