import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from './addresses.ts';
import { EgressRefused, type Target } from './policy.ts';

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export const systemResolve: Resolve = async (host) => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

const most = 4;

/**
 * Resolve once. The connection goes to what was checked, so a name server that answers otherwise the next time gains nothing.
 * One inside address among public ones closes the name. Throws EgressRefused.
 */
export async function checkedAddresses(target: Target, resolve: Resolve): Promise<readonly string[]> {
  const { host, listed } = target;
  const found = isIP(host) === 0 ? await resolve(host) : [host];
  const addresses = found.filter((address) => isIP(address) !== 0);
  if (addresses.length === 0) throw new EgressRefused(`${host} has no address`);
  if (!listed && !addresses.every(isPublicAddress))
    throw new EgressRefused(`${host} is not on the public internet; an operator can list it in TRIMTAB_EGRESS_ALLOW`);
  return addresses.slice(0, most);
}
