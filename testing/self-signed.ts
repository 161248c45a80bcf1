import { createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate and its key, in PEM. Valid for a day; for servers that tests start. */
export interface SelfSigned {
  cert: string;
  key: string;
}

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const size = body.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const octets = (...parts: Buffer[]): Buffer => der(0x04, ...parts);
const bits = (body: Buffer): Buffer => der(0x03, Buffer.from([0]), body);
const yes = der(0x01, Buffer.from([0xff]));
const utcTime = (time: Date): Buffer => der(0x17, Buffer.from(`${time.toISOString().replace(/\D/g, '').slice(2, 14)}Z`));

const ecdsaSha256 = sequence(oid('2a8648ce3d040302'));
const commonName = (name: string): Buffer => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));

const isAuthority = sequence(oid('551d13'), yes, octets(sequence(yes)));
/** For a name or an IPv4 address. */
const isFor = (name: string): Buffer =>
  sequence(
    oid('551d11'),
    octets(sequence(isIP(name) === 4 ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name)))),
  );

interface Issuer {
  name: string;
  key: KeyObject;
}
interface Wanted {
  name: string;
  extensions: readonly Buffer[];
  now: Date;
}

const day = 86_400_000;

/** Make a certificate with Node alone: `openssl` is not on every machine. Without an issuer it signs itself. */
function certificate({ name, extensions, now }: Wanted, issuer?: Issuer): SelfSigned & { privateKey: KeyObject } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ecdsaSha256,
    commonName(issuer?.name ?? name),
    sequence(utcTime(new Date(now.getTime() - day)), utcTime(new Date(now.getTime() + day))),
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = createSign('sha256')
    .update(body)
    .sign(issuer?.key ?? privateKey);
  const base64 = sequence(body, ecdsaSha256, bits(signature)).toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    privateKey,
  };
}

/** A certificate for 127.0.0.1 that is its own authority. */
export function selfSigned(now = new Date()): SelfSigned {
  const { cert, key } = certificate({ name: '127.0.0.1', extensions: [isAuthority, isFor('127.0.0.1')], now });
  return { cert, key };
}

/** An authority of its own, and certificates that it signs: what a client takes that trusts no certificate which signs itself. */
export function authority(now = new Date()): { cert: string; sign(name: string): SelfSigned } {
  const name = 'trimtab test authority';
  const { cert, privateKey } = certificate({ name, extensions: [isAuthority], now });
  return {
    cert,
    sign(subject) {
      const signed = certificate({ name: subject, extensions: [isFor(subject)], now }, { name, key: privateKey });
      return { cert: signed.cert, key: signed.key };
    },
  };
}
