import { connect, isIP } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { isGrpcServiceError } from '@temporalio/client';
import { TrimtabError, messageOf } from '../src/errors.ts';
import type { TemporalPlace } from './temporal-connection.ts';

const notFound = 5;
const refused = [7, 16];
/** How the worker's library words those two; it keeps no code. */
const refusedInWords = /valid authentication credentials|does not have permission/;

/** Why a Temporal cannot be used, as a `setup` error with the next step. Where the SDK does not know, the place is looked at. */
export async function temporalTrouble(error: unknown, place: TemporalPlace): Promise<TrimtabError> {
  const { namespace, connectOptions } = place;
  const address = String(connectOptions.address ?? 'localhost:7233');
  const said = serviceError(error);
  const trouble = (words: string): TrimtabError => new TrimtabError('setup', words, { cause: error });
  if (said?.code === notFound)
    return trouble(
      `Temporal at ${address} has no namespace '${namespace}': make it with \`temporal operator namespace create ${namespace}\`, or mend TEMPORAL_NAMESPACE`,
    );
  if (said ? refused.includes(said.code) : refusedInWords.test(messageOf(error)))
    return trouble(
      `Temporal at ${address} refuses us (${said?.details ?? 'no valid credentials'}): mend TEMPORAL_API_KEY, the TEMPORAL_TLS_ settings or TEMPORAL_NAMESPACE`,
    );
  const why = await lookAt(address, connectOptions.tls);
  return trouble(
    `${address} does not answer (${why ?? messageOf(error)}): mend TEMPORAL_ADDRESS or the TEMPORAL_TLS_ settings, or unset it for the local one`,
  );
}

/** The SDK hides what the server said in a cause. */
function serviceError(error: unknown): { code: number; details: string } | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (isGrpcServiceError(cause)) return cause;
  return null;
}

const lookForMs = 3_000;
/** How every HTTP/2 client begins, and an empty SETTINGS frame; a server that speaks it answers at once. */
const hello = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])]);

type Tls = TemporalPlace['connectOptions']['tls'];

/** What a connection of our own is told there: gRPC says only that none was made in time. Null: HTTP/2 is spoken. */
function lookAt(address: string, tls: Tls): Promise<string | null> {
  const { hostname: host, port } = new URL(`http://${address}`);
  const at = { host: host.replace(/^\[|\]$/g, ''), port: Number(port || 7_233) };
  const secure = Boolean(tls);
  return new Promise((resolve) => {
    const socket = secure ? connectTls({ ...at, ...tlsOptions(tls, at.host), ALPNProtocols: ['h2'] }) : connect(at);
    const end = (why: string | null): void => {
      socket.destroy();
      resolve(why);
    };
    socket.setTimeout(lookForMs, () => end('it takes the connection and says nothing'));
    socket.on('error', (error) => end(plainWords(messageOf(error) || String((error as NodeJS.ErrnoException).code))));
    // A TLS server answers what is not TLS with an alert, which is type 21 where HTTP/2 has the length of a frame.
    socket.once('data', (data: Buffer) => end(!secure && data[0] === 21 ? plain : null));
    socket.once('close', () => end(secure ? 'it ended the connection, as for a client certificate that it does not know' : plain));
    socket.write(hello);
  });
}

const plain = 'it does not speak plain HTTP/2; TEMPORAL_TLS=true or TEMPORAL_API_KEY switches TLS on';

function plainWords(words: string): string {
  if (/certificate required|bad certificate|unknown ca\b|handshake failure/i.test(words))
    return 'it wants a client certificate that it knows: TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH';
  return /wrong version number|packet length too long/i.test(words) ? 'it does not speak TLS' : words;
}

function tlsOptions(tls: Tls, host: string): ConnectionOptions {
  const { serverNameOverride, serverRootCACertificate: ca, clientCertPair: pair } = typeof tls === 'object' && tls !== null ? tls : {};
  const servername = serverNameOverride ?? host;
  return {
    ...(isIP(servername) === 0 ? { servername } : {}),
    ...(ca ? { ca: Buffer.from(ca) } : {}),
    ...(pair ? { cert: Buffer.from(pair.crt), key: Buffer.from(pair.key) } : {}),
  };
}
