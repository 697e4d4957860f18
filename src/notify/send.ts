// Sends a notice to a receiver by HTTP, once. Not by `fetch`, which refuses some ports (6000, 6666, 10080 …) and cannot pin a certificate.
import http from 'node:http';
import type net from 'node:net';
import zlib from 'node:zlib';
import packageJson from '../../package.json' with { type: 'json' };
import { createConnector, isAboutCertificate } from '../checked-connection.ts';
import { toErrorCode } from '../errors.ts';
import { judgeAnswer, type Answer } from './answers.ts';
import type { Delivery } from './delivery.ts';
import type { NoticeRequest } from './messages.ts';
import type { NotifyTarget } from './options.ts';

/** How much of an answer is read, and for how long after its head: enough for what receivers give as a reason. */
const maxBytes = 16_384;
const maxHeadBytes = 65_536;
const bodyMs = 5000;

/** Sends a request; never rejects. `stop` ends the try for good, `tryMs` is how long it may take. */
export type SendNotice = (request: NoticeRequest, stop: AbortSignal, tryMs: number) => Promise<Delivery>;

/** Creates the function that sends notices to a receiver, each over its own connection. It follows no redirect: no token and no address goes elsewhere. */
export function createSender(target: NotifyTarget): SendNotice {
  const { connect } = createConnector(new URL(target.url), {
    ca: target.ca,
    fingerprint: target.fingerprint,
    insecure: false,
  });
  return async (request, stop, tryMs) => {
    const timeout = AbortSignal.timeout(tryMs);
    const signal = AbortSignal.any([stop, timeout]);
    let socket: net.Socket | undefined;
    try {
      signal.throwIfAborted();
      socket = await connect(signal);
      return judgeAnswer(await exchange(request, socket, signal), target, Date.now());
    } catch (error) {
      if (stop.aborted) return { code: 'stopped' };
      if (timeout.aborted) return { code: 'no-answer' };
      const systemCode = toErrorCode(error);
      return { code: isAboutCertificate(systemCode) ? 'certificate' : 'unreachable', systemCode };
    } finally {
      socket?.destroy();
    }
  };
}

async function exchange(
  { url, method, headers, body }: NoticeRequest,
  socket: net.Socket,
  signal: AbortSignal,
): Promise<Answer> {
  const { pathname, search, host } = new URL(url);
  const request = http.request({
    createConnection: () => socket,
    method,
    // Small devices write answers that are not quite HTTP. Nothing follows on this connection that could be taken for something else.
    insecureHTTPParser: true,
    maxHeaderSize: maxHeadBytes,
    path: `${pathname}${search}`,
    headers: {
      Host: host,
      Connection: 'close',
      'Accept-Encoding': 'identity',
      'User-Agent': `remotetask/${packageJson.version}`,
      ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
      ...headers,
    },
    signal,
  });
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
    request.end(body);
  });
  return {
    status: response.statusCode ?? 0,
    location: response.headers.location,
    retryAfter: response.headers['retry-after'],
    isPlainText: response.headers['content-type']?.startsWith('text/plain') === true,
    text: unpack(await readBeginning(response), response.headers['content-encoding']).toString(),
  };
}

/** The beginning of a body, also of one that breaks off or never ends: the status alone says much. */
async function readBeginning(response: http.IncomingMessage): Promise<Buffer> {
  const timer = setTimeout(() => response.destroy(), bodyMs);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      const part: Uint8Array = chunk;
      chunks.push(part);
      bytes += part.length;
      if (bytes >= maxBytes) break;
    }
  } catch {
    // What came so far is judged.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

/** The beginning of a body that a receiver has compressed unasked; nothing if it cannot be read. */
function unpack(bytes: Buffer, coding = 'identity'): Buffer {
  const limits = { maxOutputLength: 64 * maxBytes };
  const zlibLimits = { ...limits, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  try {
    switch (coding.trim().toLowerCase()) {
      case 'gzip':
      case 'x-gzip':
      case 'deflate':
        return zlib.unzipSync(bytes, zlibLimits);
      case 'br':
        return zlib.brotliDecompressSync(bytes, {
          ...limits,
          finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
        });
      default:
        return bytes;
    }
  } catch {
    return Buffer.alloc(0);
  }
}
