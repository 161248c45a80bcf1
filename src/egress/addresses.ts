import { BlockList, isIP } from 'node:net';

type Subnet = readonly [network: string, prefix: number];

/** What no stranger's word may reach, by RFC 6890 and its successors. Clouds keep their metadata at 169.254.169.254, some at 100.100.100.200. */
const v4: readonly Subnet[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['168.63.129.16', 32],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Within global unicast: Teredo, ORCHID, documentation, 6to4, SRv6. Each may carry or stand for another address. */
const v6: readonly Subnet[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

const listOf = (subnets: readonly Subnet[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family);
  return list;
};
const closed4 = listOf(v4, 'ipv4');
const closed6 = listOf(v6, 'ipv6');
/** Everything else of IPv6 is closed: v4-mapped and -compatible, NAT64, unique local, link-local, site-local, multicast. */
const global6 = listOf([['2000::', 3]], 'ipv6');

/** Whether an address is on the public internet. Compared as numbers, never as text; false for what is no address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !closed4.check(address, 'ipv4');
    case 6: {
      if (address.includes('%')) return false;
      return global6.check(address, 'ipv6') && !closed6.check(address, 'ipv6');
    }
    default:
      return false;
  }
}
