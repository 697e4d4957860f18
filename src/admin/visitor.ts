// A request as far as it matters who sent it: from where, over what, and whether our own page did.
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from '@fastify/proxy-addr';
import { createAddressReader, toPlainAddress } from '../http/address.ts';
import { createNetworkTest } from '../network.ts';
import { isAutomatic } from './automatic.ts';
import type { Visitor } from './gate.ts';

/** Longer tokens are none of DSM's. */
const maxTokenLength = 200;

/** Reads who sends requests; what proxies say of others counts only as far as they are trusted. */
export function createVisitorReader(trustProxy: readonly string[], isTls: boolean): (request: IncomingMessage) => Visitor {
  const toAddress = createAddressReader(trustProxy);
  const isProxy = proxyAddr.compile([...trustProxy]);
  return (request) => {
    const { headers, method, socket, url = '' } = request;
    const isProxied = isProxy(toPlainAddress(socket.remoteAddress ?? ''), 0);
    const token = new URLSearchParams(url.split('?')[1]).get('SynoToken') ?? headers['x-syno-token'];
    return {
      cookieHeader: headers.cookie,
      address: toAddress(request),
      isSecure: isTls || (isProxied && headers['x-forwarded-proto'] === 'https'),
      host: (isProxied ? readOne(headers['x-forwarded-host']) : undefined) ?? headers.host,
      synoToken: readOne(token)?.slice(0, maxTokenLength),
      isPost: method === 'POST',
      isAutomatic: method === 'GET' && isAutomatic(url),
    };
  };
}

/**
 * Whether a form was sent by a page of our own: browsers say where each POST comes from (Fetch, "append a request
 * Origin header"), and those of today whether that is the same site.
 */
export function isFromOwnPage({ headers }: IncomingMessage, { host, isSecure }: Visitor): boolean {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (origin === undefined || host === undefined || (site !== undefined && site !== 'same-origin')) return false;
  const own = isSecure ? [`https://${host}`] : [`http://${host}`, `https://${host}`];
  return own.some((url) => url.toLowerCase() === origin.toLowerCase());
}

/**
 * Tells whether a request may watch without a sign-in: from one of the networks, and not through a proxy that nobody trusts,
 * which would make callers from anywhere look like neighbours. This machine has to be called by its address or as
 * localhost: under another name a web page elsewhere could ask by way of the browser (DNS rebinding).
 */
export function createWatcherTest(
  networks: readonly string[],
  trustProxy: readonly string[],
): (request: IncomingMessage, visitor: Visitor) => boolean {
  const isAllowed = createNetworkTest(networks);
  const isLoopback = createNetworkTest(['127.0.0.0/8', '::1']);
  const isProxy = proxyAddr.compile([...trustProxy]);
  return ({ headers, socket }, { address, host = '' }) => {
    const isPassedOn = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'].some((name) => headers[name] !== undefined);
    if (isPassedOn && !isProxy(toPlainAddress(socket.remoteAddress ?? ''), 0)) return false;
    const name = host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
    return isAllowed(address) && (!isLoopback(address) || name === 'localhost' || isIP(name) !== 0);
  };
}

function readOne(value: string | readonly string[] | null | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
