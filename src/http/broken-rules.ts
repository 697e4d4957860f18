// Which rule of HTTP a call breaks, in words for the log: an honest client that gets a 400 is repaired by this line.
import type { IncomingMessage } from 'node:http';
import { serverLimits } from '../listener/listener.ts';

/** A rule that a request breaks. A call with the right keys is served anyway if the rule `isOurs` only, and not HTTP's. */
export interface BrokenRule {
  readonly rule: string;
  readonly isOurs: boolean;
}

/** What Node reports if it cannot parse what a client sent. */
export interface ParserError {
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  readonly rawPacket?: Buffer | undefined;
}

const plainHost = /^(?:\[[0-9a-fA-F:.]{2,45}\]|[\w.~-]{0,255})(?::\d{0,5})?$/;
/** What RFC 3986 allows besides, and the zone that some clients leave in a link-local address. */
const unusualHost =
  /^(?:\[[0-9a-fA-F:.]{2,45}(?:%[\w.~-]{1,32})?\]|(?:[\w.~!$&'()*+,;=-]|%[0-9a-fA-F]{2}){1,255})(?::\d{0,5})?$/;

/** Strangers get a 400 from here on. Browsers send the cookies of all services that a NAS offers under one name, so there is more room for the right keys. */
const strangersHeaderBytes = 16_384;

/**
 * A request has to be HTTP/1.0 or 1.1 with exactly one plausible Host (an empty one is allowed), and a body whose end is
 * unambiguous: Node emits a request before it finds a transfer coding that it does not know. Strangers get a 400 for everything
 * else. HTTP/1.0 knows no Host, though, and a host name may look odd (RFC 9112, 3.2; RFC 3986, 3.2.2).
 */
export function findBrokenRule({
  httpVersion,
  headers,
  rawHeaders,
  url = '',
}: IncomingMessage): BrokenRule | undefined {
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    return toHttpRule('a version other than HTTP/1.0 and 1.1');
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && httpVersion === '1.0') return toHttpRule('Transfer-Encoding in HTTP/1.0');
  if (coding !== undefined && !/^chunked$/i.test(coding))
    return toHttpRule('a Transfer-Encoding other than chunked');
  let hosts = 0;
  // Counted as Node's parser does: without what stands between names and values.
  let bytes = url.length;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    bytes += name.length + (rawHeaders[i + 1]?.length ?? 0);
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  if (hosts === 0)
    return httpVersion === '1.0'
      ? { rule: 'HTTP/1.0 without a Host header', isOurs: true }
      : toHttpRule('HTTP/1.1 without a Host header');
  if (hosts > 1) return toHttpRule('more than one Host header');
  const host = headers.host ?? '';
  if (plainHost.test(host))
    return bytes < strangersHeaderBytes
      ? undefined
      : { rule: 'a request line and headers of more than 16 KiB without the right keys', isOurs: true };
  return unusualHost.test(host)
    ? { rule: 'an unusual host name in the Host header', isOurs: true }
    : toHttpRule('no host name in the Host header');
}

function toHttpRule(rule: string): BrokenRule {
  return { rule, isOurs: false };
}

const openings: readonly (readonly [RegExp, string])[] = [
  [/^\x16\x03/, 'a TLS handshake (https://) on a port of plain HTTP'],
  [/^PRI \* HTTP\/2/, 'HTTP/2'],
  [/^(?:PROXY |\r\n\r\n\0\r\nQUIT\n)/, 'the PROXY protocol'],
];

const parserRules: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'a request that took too long',
  HPE_CR_EXPECTED: 'a line that ends without CR LF',
  HPE_HEADER_OVERFLOW: `a request line and headers of more than ${serverLimits.maxHeaderSize / 1024} KiB, or more than 1,000 headers`,
  HPE_INVALID_CHUNK_SIZE: 'a chunk without a proper size',
  HPE_INVALID_CONSTANT:
    'a request line that is not "METHOD ADDRESS HTTP/1.1", such as one with a space in the address',
  HPE_INVALID_CONTENT_LENGTH: 'a Content-Length that is not a number',
  HPE_INVALID_EOF_STATE: 'a request that ends in the middle',
  HPE_INVALID_METHOD: 'an unknown method; methods are written in capitals',
  HPE_INVALID_TRANSFER_ENCODING: 'Transfer-Encoding together with Content-Length, or an unknown one',
  HPE_INVALID_URL: 'a character in the address that has to be percent-encoded, or no slash at its beginning',
  HPE_INVALID_VERSION: 'an unknown version of HTTP, or a line that ends without CR LF',
  HPE_LF_EXPECTED: 'a line that ends without CR LF',
  HPE_UNEXPECTED_CONTENT_LENGTH: 'two Content-Length headers, or one together with Transfer-Encoding',
};

/** The rule that made Node's parser give up. The parser's own words are fixed texts, which quote nothing of the request. */
export function toParserRule({ code = '', reason = '', rawPacket }: ParserError): string {
  const opening = rawPacket?.subarray(0, 16).toString('latin1') ?? '';
  return (
    openings.find(([pattern]) => pattern.test(opening))?.[1] ??
    (reason === 'Unexpected whitespace after header value'
      ? 'a header that continues on the next line'
      : (parserRules[code] ?? (/^[\w ,.'/-]{1,80}$/.test(reason) ? reason : 'not HTTP')))
  );
}
