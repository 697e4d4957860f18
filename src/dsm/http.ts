// The only place that speaks HTTP with DSM: verified, bounded, without redirects.
import http from 'node:http';
import net from 'node:net';
import { createConnector, otherCertificate } from '../checked-connection.ts';
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
  otherCertificate,
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
  const { isName, connect } = createConnector(base, access);
  return async ({ path, form, headers = {}, address }, stop) => {
    const timeout = AbortSignal.timeout(callMs);
    const signal = AbortSignal.any([stop, timeout]);
    let socket: net.Socket | undefined;
    try {
      signal.throwIfAborted();
      const connected = await connect(signal, address === undefined ? lookup : createLookup(address));
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
