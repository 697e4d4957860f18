// The one answer for every caller without both keys: the same status, headers, order and bytes, whatever was wrong.
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createPageKind } from './page.ts';

/** A style of its own, which reveals nothing about this program. */
const startPage = createPageKind(`
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
`);

/** A text of ASCII, not bytes: Node hands it to the system in one piece with the header. */
const body = startPage.render({ title: 'Not found', main: 'Not found.' });

const headers: readonly (readonly [string, string])[] = [
  ...startPage.headers,
  ['Content-Type', 'text/html; charset=utf-8'],
  ['Content-Length', String(body.length)],
];

const flatHeaders = headers.flat();

/** Answers 404 with the start page; a request that is invalid HTTP gets the same with 400, and its connection is closed. */
export function answerStranger(response: ServerResponse, status: 400 | 404 = 404): void {
  if (status === 400) response.shouldKeepAlive = false;
  response.writeHead(status, flatHeaders);
  response.end(body, 'latin1');
}

/** The 400 for a connection on which no request could be read, byte for byte as Node would write it. */
export function answerBrokenConnection(socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const lines = [...headers, ['Date', new Date().toUTCString()], ['Connection', 'close']].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.end(`HTTP/1.1 400 ${STATUS_CODES[400]}\r\n${lines.join('')}\r\n${body}`, 'latin1');
  setTimeout(() => socket.destroy(), 500).unref();
}
