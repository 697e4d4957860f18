// The only place that speaks HTTP with DSM: verified, bounded, without redirects.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { toErrorCode } from '../errors.ts';
import type { WebApiAccess } from './options.ts';

/** Useful answers are never larger, except the output of a task. */
const maxBytes = 8_000_000;
/** How long one call may take. */
const callMs = 20_000;

/** Our own error codes, besides those of Node and OpenSSL. */
export const ownCodes = {
  stopped: 'STOPPED',
  timeout: 'TIMEOUT',
  tooLarge: 'TOO_LARGE',
  otherCertificate: 'OTHER_CERTIFICATE',
} as const;

/** The result of a request. `wasSent` is whether DSM may have acted on it. */
export type HttpResult =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly text: string;
      /** The connected address, if the URL has a name. */
      readonly address?: string | undefined;
    }
  | { readonly kind: 'none'; readonly code: string; readonly wasSent: boolean };

interface HttpRequest {
  /** The path below `/webapi/`. */
  readonly path: string;
  /** The body to post; without it, the request is a GET. */
  readonly form?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The address to connect to, of those that the URL's name has; any, if not given. */
  readonly address?: string | undefined;
}

/** Sends a request to DSM; never rejects. */
export type SendToDsm = (request: HttpRequest, stop: AbortSignal) => Promise<HttpResult>;

/**
 * Creates the function that sends requests. Each request has its own connection: DSM may close a kept connection just while the next
 * request is under way, and then it would be unknown whether a task was started.
 */
export function createDsmHttp(
  access: Pick<WebApiAccess, 'url' | 'ca' | 'fingerprint' | 'insecure'>,
  lookup?: net.LookupFunction,
): SendToDsm {
  const base = new URL(access.url);
  let trust: tls.ConnectionOptions | undefined;
  const host = base.hostname.replaceAll(/[[\]]/g, '');
  const isName = net.isIP(host) === 0;
  const connect = async (address: string | undefined, signal: AbortSignal): Promise<net.Socket> => {
    const isTls = base.protocol === 'https:';
    const port = Number(base.port === '' ? (isTls ? 443 : 80) : base.port);
    const found = address === undefined ? lookup : createLookup(address);
    const to = { host, port, ...(found === undefined || !isName ? {} : { lookup: found }) };
    const socket = isTls
      ? tls.connect({ ...to, servername: isName ? host : '', ...(trust ??= toTrust(access)) })
      : net.connect(to);
    // Listens for errors at the moments when no other code does.
    socket.on('error', () => {});
    try {
      await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
      if (
        socket instanceof tls.TLSSocket &&
        access.fingerprint !== undefined &&
        toFingerprint(socket) !== access.fingerprint
      )
        throw Object.assign(new Error('Another certificate'), { code: ownCodes.otherCertificate });
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  };
  return async ({ path, form, headers = {}, address }, stop) => {
    const timeout = AbortSignal.timeout(callMs);
    const signal = AbortSignal.any([stop, timeout]);
    let socket: net.Socket | undefined;
    try {
      signal.throwIfAborted();
      const connected = await connect(address, signal);
      socket = connected;
      const request = http.request({
        createConnection: () => connected,
        method: form === undefined ? 'GET' : 'POST',
        path: `${base.pathname.replace(/\/$/, '')}/webapi/${path}`,
        headers: {
          Host: base.host,
          Connection: 'close',
          ...(form === undefined ? {} : toFormHeaders(form)),
          ...headers,
        },
        signal,
      });
      const remote = isName ? connected.remoteAddress : undefined;
      const result = await collect(request, form);
      return result.kind === 'response' ? { ...result, address: remote } : result;
    } catch (error) {
      const code = stop.aborted ? ownCodes.stopped : timeout.aborted ? ownCodes.timeout : toErrorCode(error);
      return { kind: 'none', code, wasSent: socket !== undefined };
    } finally {
      socket?.destroy();
    }
  };
}

/** A DNS look-up that always returns this address. */
function createLookup(address: string): net.LookupFunction {
  const family = net.isIP(address);
  return (_name, options, tell) => {
    if (options.all === true) tell(null, [{ address, family }]);
    else tell(null, address, family);
  };
}

function toFormHeaders(form: string): Record<string, string> {
  return {
    'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'Content-Length': String(Buffer.byteLength(form)),
  };
}

async function collect(request: http.ClientRequest, form: string | undefined): Promise<HttpResult> {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
    request.end(form);
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const part: Uint8Array = chunk;
    bytes += part.length;
    if (bytes > maxBytes) return { kind: 'none', code: ownCodes.tooLarge, wasSent: true };
    chunks.push(part);
  }
  return { kind: 'response', status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
}

/** The trusted certificates: one certificate, the authorities of a file, or those of the system and of Node. */
function toTrust({
  ca,
  fingerprint,
  insecure,
}: Pick<WebApiAccess, 'ca' | 'fingerprint' | 'insecure'>): tls.ConnectionOptions {
  // A pinned certificate is checked once the connection is established, and before anything is sent.
  if (insecure || fingerprint !== undefined) return { rejectUnauthorized: false };
  return {
    rejectUnauthorized: true,
    secureContext: tls.createSecureContext({ ca: ca ?? listAuthorities() }),
  };
}

/** Node before 22.15 cannot list the system's authorities; then only Node's own are used. */
function listAuthorities(): string[] {
  if (typeof tls.getCACertificates !== 'function') return [...tls.rootCertificates];
  return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])];
}

function toFingerprint(socket: tls.TLSSocket): string | undefined {
  return socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase();
}
