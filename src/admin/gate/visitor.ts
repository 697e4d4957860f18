// The sender of a request: its address, its protocol, and whether one of our own pages sent it.
import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import { createAddressReader, toPlainAddress } from '../../listener/address.ts';
import { createNetworkTest } from '../../values/network.ts';
import { isAutomatic } from './automatic.ts';
import type { Visitor } from './gate.ts';

/** DSM's tokens are never longer. */
const maxTokenLength = 200;

/** Reads the sender of requests; the headers of proxies count only if the proxies are trusted. */
export function createVisitorReader(
  trustProxy: readonly string[],
  isTls: boolean,
): (request: IncomingMessage) => Visitor {
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
 * Whether one of our own pages sent a form: browsers send the origin of each POST (Fetch, "append a request
 * Origin header"), and current ones also whether that is the same site.
 */
export function isFromOwnPage({ headers }: IncomingMessage, { host, isSecure }: Visitor): boolean {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (origin === undefined || host === undefined || (site !== undefined && site !== 'same-origin'))
    return false;
  const own = isSecure ? [`https://${host}`] : [`http://${host}`, `https://${host}`];
  return own.some((url) => url.toLowerCase() === origin.toLowerCase());
}

/** The headers that proxies add to the requests they forward; each proxy adds some of them. */
const proxyHeader =
  /^(?:x-forwarded-.+|x-real-ip|x-(?:original|client|cluster-client)-.+|forwarded|via|(?:cf|fastly|fly|true)-.+-ip|cdn-loop)$/;

/**
 * Creates a test whether a request may watch without a sign-in: it has to come from one of the networks, and through a proxy only if
 * that is trusted, because behind any other proxy callers from anywhere look like neighbours.
 *
 * A proxy on this machine that leaves no trace cannot be distinguished from any other program here. Most leave one: nginx speaks HTTP/1.0
 * by default, and others forward the host name that the caller used. So a request from this machine must use this machine's own name or
 * address, and HTTP/1.1; that also keeps out pages of other sites, which could send requests through a browser here (DNS rebinding).
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
    // A request from a trusted proxy has the caller's address; if that is this machine's own, any caller may have forged it in the header.
    if (isPassedOn) return isProxy(toPlainAddress(socket.remoteAddress ?? ''), 0) && !isThisMachine(address);
    if (!isThisMachine(address)) return true;
    const name = (headers.host ?? '').replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
    return httpVersion !== '1.0' && (name === 'localhost' || isThisMachine(name));
  };
}

function readOne(value: string | readonly string[] | null | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
