// A request as far as it matters who sent it: from where, over what, and whether our own page did.
import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import { createAddressReader, toPlainAddress } from '../../listener/address.ts';
import { createNetworkTest } from '../../values/network.ts';
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

/** The headers that proxies add, each some of them, to what they pass on. */
const proxyHeader =
  /^(?:x-forwarded-.+|x-real-ip|x-(?:original|client|cluster-client)-.+|forwarded|via|(?:cf|fastly|fly|true)-.+-ip|cdn-loop)$/;

/**
 * Makes a test whether a request may watch without a sign-in: it has to come from one of the networks, and by a proxy only if that is
 * trusted, since behind another one callers from anywhere look like neighbours.
 *
 * A proxy on this machine that leaves no trace cannot be told from any other program here. Most leave one: nginx speaks HTTP/1.0
 * unless its config says otherwise, and others pass on the name by which the caller knows them. So this machine has to be called as
 * itself, by HTTP/1.1; that also keeps out web pages elsewhere, which could ask by way of a browser here (DNS rebinding).
 */
export function createWatcherTest(
  networks: readonly string[],
  trustProxy: readonly string[],
): (request: IncomingMessage, visitor: Visitor) => boolean {
  const isAllowed = createNetworkTest(networks);
  const isThisMachine = createNetworkTest(['127.0.0.0/8', '::1']);
  const isProxy = proxyAddr.compile([...trustProxy]);
  return ({ headers, httpVersion, socket }, { address }) => {
    if (!isAllowed(address)) return false;
    const isPassedOn = Object.keys(headers).some((name) => proxyHeader.test(name));
    // What a trusted proxy passes on has the caller's address; that of this machine anybody can have written into the header.
    if (isPassedOn) return isProxy(toPlainAddress(socket.remoteAddress ?? ''), 0) && !isThisMachine(address);
    if (!isThisMachine(address)) return true;
    const name = (headers.host ?? '').replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
    return httpVersion !== '1.0' && (name === 'localhost' || isThisMachine(name));
  };
}

function readOne(value: string | readonly string[] | null | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
