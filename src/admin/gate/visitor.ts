// The sender of a request: its address, its protocol, and whether one of our own pages sent it.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
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
      isSecure: isTls || (isProxied && isHttps(headers)),
      host: (isProxied ? readForwardedHost(headers) : undefined) ?? headers.host,
      synoToken: readOne(token)?.slice(0, maxTokenLength),
      isPost: method === 'POST',
      isAutomatic: method === 'GET' && isAutomatic(url),
    };
  };
}

/**
 * Whether one of our own pages sent a form. Current browsers say so themselves, and no page can make them say it (Fetch Metadata,
 * W3C). All send the origin of each POST (Fetch, "append a request Origin header").
 */
export function isFromOwnPage({ headers }: IncomingMessage, { host, isSecure }: Visitor): boolean {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  if (origin === undefined || host === undefined) return false;
  const own = isSecure ? [`https://${host}`] : [`http://${host}`, `https://${host}`];
  return own.some((url) => isSameOrigin(url, origin));
}

/** Whether two origins are the same, with or without the usual port. */
function isSameOrigin(one: string, other: string): boolean {
  if (!URL.canParse(one) || !URL.canParse(other)) return false;
  const { origin } = new URL(other);
  return origin !== 'null' && new URL(one).origin === origin;
}

/** Whether the caller came to the proxy by HTTPS; proxies have several headers for it. With several proxies, the first one counts. */
function isHttps(headers: IncomingHttpHeaders): boolean {
  const scheme =
    readFirst(headers['x-forwarded-proto']) ??
    readFirst(headers['x-forwarded-protocol']) ??
    readFirst(headers['x-forwarded-scheme']) ??
    readFirst(headers['x-url-scheme']) ??
    readForwarded(headers, 'proto');
  if (scheme !== undefined) return scheme.toLowerCase() === 'https';
  return [headers['x-forwarded-ssl'], headers['front-end-https']].some((text) =>
    /^on$/i.test(String(text ?? '')),
  );
}

/** The host, and the port if it has one, that the caller used at the proxy. */
function readForwardedHost(headers: IncomingHttpHeaders): string | undefined {
  const host = readFirst(headers['x-forwarded-host']) ?? readForwarded(headers, 'host');
  const port = readFirst(headers['x-forwarded-port']);
  const name = host ?? headers.host;
  if (name === undefined || port === undefined || !/^\d{1,5}$/.test(port) || /:\d+$/.test(name)) return host;
  return `${name}:${port}`;
}

/** What the first proxy wrote into a header. */
function readFirst(value: string | readonly string[] | undefined): string | undefined {
  const [first = ''] = String(value ?? '').split(',', 1);
  return readOne(first.trim());
}

/** A parameter of the first element of `Forwarded` (RFC 7239). */
function readForwarded({ forwarded }: IncomingHttpHeaders, name: 'host' | 'proto'): string | undefined {
  const [first = ''] = (forwarded ?? '').split(',', 1);
  const [, quoted, plain] =
    new RegExp(`(?:^|;)\\s*${name}=(?:"([^"\\\\]{1,300})"|([^";\\s]{1,300}))`, 'i').exec(
      first.slice(0, 1000),
    ) ?? [];
  return quoted ?? plain;
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
