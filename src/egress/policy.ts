import { isIP } from 'node:net';

/**
 * What may be reached on data's behalf. `allow`: hosts that the operator lists, as `host`, `host:port` or `host:*`; they may speak
 * http, sit at any address and, without a port, use 80 and 443. Everything else: https, a port of `ports`, a public address.
 */
export interface EgressPolicy {
  readonly allow: readonly string[];
  readonly ports: readonly number[];
}

/** The guard did not open a connection, or cut one. The message says why, never which inside address a name has. */
export class EgressRefused extends Error {
  override readonly name = 'EgressRefused';
}

/** A place that may be asked for. `listed`: the operator named it, so its address is not checked. */
export interface Target {
  url: URL;
  /** A name in small letters, or an address without brackets. */
  host: string;
  port: number;
  listed: boolean;
}

/** The name without brackets and a final dot. */
export const bareHost = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');

function isListed(allow: readonly string[], host: string, port: number): boolean {
  const name = isIP(host) === 6 ? `[${host}]` : host;
  return allow.some((entry) => {
    const wanted = entry.toLowerCase();
    if (wanted === `${name}:${port}` || wanted === `${name}:*`) return true;
    return wanted === name && (port === 443 || port === 80);
  });
}

const longest = 8_192;

/** Check an address before anything is resolved. Throws EgressRefused with what to change. */
export function targetOf(policy: EgressPolicy, address: string | URL): Target {
  const text = String(address);
  if (text.length > longest) throw new EgressRefused(`the address is longer than ${longest} characters`);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw new EgressRefused('this is no address of the web');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new EgressRefused(`${url.protocol} is not spoken here, only https`);
  if (url.username !== '' || url.password !== '') throw new EgressRefused('an address with a name and a password in it is not opened');
  const host = bareHost(url.hostname);
  if (host === '') throw new EgressRefused('the address names no host');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const listed = isListed(policy.allow, host, port);
  if (!listed && url.protocol === 'http:')
    throw new EgressRefused(`${host}: http is for hosts that the operator lists in TRIMTAB_EGRESS_ALLOW`);
  if (!listed && !policy.ports.includes(port))
    throw new EgressRefused(`${host}: port ${port} is not open; TRIMTAB_EGRESS_PORTS lists the ports`);
  return { url, host, port, listed };
}
