// Networks of addresses, as `192.168.0.0/16`.
import { BlockList, isIP } from 'node:net';
import * as z from 'zod';

/** An address or network in a config. */
export const Network = z
  .string()
  .refine(
    (text) => parseNetwork(text) !== undefined,
    'Give an address or a network, such as "192.168.0.0/16" or "fd00::/8"',
  );

/**
 * Whether an address is in one of the networks, which must be in the form that `Network` accepts. A test of few networks
 * takes as long as one of `atLeast` networks.
 */
export function createNetworkTest(networks: readonly string[], atLeast = 0): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const parsed = parseNetwork(network);
    if (parsed !== undefined) list.addSubnet(parsed.address, parsed.prefix, parsed.family);
  }
  for (let count = networks.length; count < atLeast; count++) list.addSubnet(addressOfNone, 32);
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** No call comes from it. */
const addressOfNone = '0.0.0.0';

function parseNetwork(
  text: string,
): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  const bits = version === 6 ? 128 : 32;
  if (version === 0 || more.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix)))
    return undefined;
  const length = prefix === undefined ? bits : Number(prefix);
  return length > bits ? undefined : { address, prefix: length, family: version === 6 ? 'ipv6' : 'ipv4' };
}
