// Whose `X-Forwarded-For` may be trusted: some proxies, but never every address, in whatever notation.
import { BlockList, isIP } from 'node:net';
import * as z from 'zod';

const badForm =
  'Give an address or network, such as "127.0.0.1" or "172.16.0.0/12"; networks of IPv4 in IPv6 form are not accepted';
const tooLarge =
  'Name your own proxies only: this network is a large part of the internet, and anyone there could choose the address that the daemon sees';

/** An address or network whose `X-Forwarded-For` is trusted. */
const TrustedProxy = z.string().superRefine((text, context) => {
  const message = findProblem(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** The addresses and networks of the reverse proxies in front of a listener. */
export const TrustedProxies = z
  .array(TrustedProxy)
  .refine(
    (all) => countPublicIpv4(all) < mostPublicIpv4,
    'Name your own proxies only: together these networks are a large part of the internet, and anyone there could choose the address that the daemon sees',
  );

const shortestIpv4Prefix = 8;
/** The largest providers of proxies have a few million addresses; this is an eighth of all networks "/8" in use. */
const mostPublicIpv4 = 2 ** 27;

const privateIpv4 = toList('ipv4', [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
]);
/** Unique local and link-local addresses: ranges that only a site's own machines use. */
const localIpv6 = toList('ipv6', ['fc00::/7', 'fe80::/10']);
/** IPv6 addresses that represent IPv4 addresses, and other special ones (RFC 4291, 6052). */
const specialIpv6 = toList('ipv6', ['::/8']);
const mappedIpv6 = toList('ipv6', ['::/96', '::ffff:0:0/96', '::ffff:0:0:0/96']);
const ownIpv6 = toList('ipv6', ['::1/128']);
/** Contains all of IPv4 from its 17th bit on (RFC 3056). */
const sixToFour = toList('ipv6', ['2002::/16']);

interface Network {
  readonly address: string;
  readonly version: 4 | 6;
  readonly prefix: number;
}

/** `::ffff:10.0.0.0/8` would trust all of IPv4 (CVE-2026-92395 of proxy-addr before 5.1.1), so such forms are refused. */
function findProblem(text: string): string | undefined {
  const network = parse(text);
  if (network === undefined || network.prefix === 0) return badForm;
  const { address, version, prefix } = network;
  if (version === 4) return prefix >= shortestIpv4Prefix ? undefined : tooLarge;
  const isOwn = prefix === 128 && ownIpv6.check(address, 'ipv6');
  if (!isOwn && mappedIpv6.check(address, 'ipv6')) return badForm;
  return isOwn || prefix >= findShortestPrefix(address) ? undefined : tooLarge;
}

/** The largest networks that may be trusted: as much as one site or provider has. */
function findShortestPrefix(address: string): number {
  if (localIpv6.check(address, 'ipv6')) return 7;
  if (specialIpv6.check(address, 'ipv6')) return 104;
  return sixToFour.check(address, 'ipv6') ? 24 : 20;
}

/** Reads addresses strictly, because programs disagree on what `0x7f.1` and `010.0.0.1` mean. */
function parse(text: string): Network | undefined {
  const [address = '', length, ...more] = text.split('/');
  const version = isIP(address);
  if ((version !== 4 && version !== 6) || more.length > 0) return undefined;
  const bits = version === 4 ? 32 : 128;
  if (length === undefined) return { address, version, prefix: bits };
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) : version === 4 ? toPrefix(length) : undefined;
  return prefix === undefined || prefix > bits ? undefined : { address, version, prefix };
}

/** The length of a mask such as `255.240.0.0`. */
function toPrefix(mask: string): number | undefined {
  if (isIP(mask) !== 4) return undefined;
  const bits = mask
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) ? bits.replace(/0+$/, '').length : undefined;
}

function countPublicIpv4(all: readonly string[]): number {
  // A single network that is too large is refused elsewhere.
  const networks = [...new Set(all)]
    .map(parse)
    .filter((network) => network?.version === 4 && network.prefix >= shortestIpv4Prefix);
  return networks.reduce(
    (sum, network) =>
      sum + (network === undefined || privateIpv4.check(network.address) ? 0 : 2 ** (32 - network.prefix)),
    0,
  );
}

function toList(family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
