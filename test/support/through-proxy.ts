// A client of a proxy whose certificate it does not know, as a script or as a phone.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type http from 'node:http';
import https from 'node:https';

const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/604.1';
/** The headers of a phone's browser. */
export const asPhone = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'user-agent': phone };

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** Its location, resolved as clients do. */
  readonly location: string;
}

/** Opens a request to a proxy, whose name leads to this machine; it comes from `from`. */
export async function open(
  url: string,
  {
    headers = {},
    method = 'GET',
    body,
    from = '127.0.0.1',
  }: { headers?: http.OutgoingHttpHeaders; method?: string; body?: string; from?: string } = {},
): Promise<http.IncomingMessage> {
  const request = https.request(url, {
    method,
    headers,
    agent: false,
    localAddress: from,
    rejectUnauthorized: false,
    lookup: (_name, { all }, callback) =>
      all === true ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return response;
}

export async function ask(url: string, options: Parameters<typeof open>[1] = {}): Promise<Answer> {
  const response = await open(url, options);
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  const to = response.headers.location;
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    location: to === undefined ? '' : new URL(to, url).href,
  };
}

/** The first reference of a page that fits, resolved. */
export function refer(page: string, pattern: RegExp, url: string): string {
  const [, found = ''] = pattern.exec(page) ?? [];
  assert.notEqual(found, '', `${pattern} in ${page}`);
  return new URL(found.replaceAll('&amp;', '&'), url).href;
}
