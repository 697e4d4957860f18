// Where a call comes from: the client's address, and the network that the limits count it under.
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from '@fastify/proxy-addr';

/** Finds the client's address of a call; `X-Forwarded-For` counts only up to the last trusted proxy. */
export function createAddressReader(trustProxy: readonly string[]): (request: IncomingMessage) => string {
  if (trustProxy.length === 0) return (request) => toPlainAddress(request.socket.remoteAddress ?? '');
  const trust = proxyAddr.compile([...trustProxy]);
  return ({ headers, socket: { remoteAddress: peer = '' } }) => {
    let address = peer;
    for (const [i, claimed] of listClaimed(headers['x-forwarded-for']).entries()) {
      if (!trust(address, i)) break;
      address = claimed;
    }
    // A zone (`fe80::1%…`) is free text, and a proxy has no reason to send one.
    return isIP(address) === 0 || (address.includes('%') && address !== peer)
      ? toPlainAddress(peer)
      : toPlainAddress(address);
  };
}

/** The addresses of `X-Forwarded-For`, the last first. Some proxies add the client's port: `1.2.3.4:5678`, `[::1]:99`. */
function listClaimed(header: string | string[] | undefined): string[] {
  return [header ?? '']
    .flat()
    .join(',')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(
      (part) =>
        /^"?(?:(\d+\.\d+\.\d+\.\d+):\d+|\[([\da-f:.]+)\](?::\d+)?)"?$/i.exec(part)?.slice(1).join('') ?? part,
    )
    .toReversed();
}

/** An address without the IPv6 form of an IPv4 address: `::ffff:192.168.1.5` is `192.168.1.5`. */
export function toPlainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/** The network that an address counts under: an IPv4 address counts by itself, an IPv6 address by its /48, because one customer gets that much. */
export function toNetwork(address: string): string {
  if (!address.includes(':') || isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [...groups, ...Array.from({ length: missing }, () => '0'), ...(tail ?? '').split(':')];
  return `${all
    .slice(0, 3)
    .map((group) => Number.parseInt(group === '' ? '0' : group, 16).toString(16))
    .join(':')}::/48`;
}
