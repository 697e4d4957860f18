// Who follows a run: some read as fast as they can, one never does.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

export interface Reader {
  /** Lines read so far, and bytes that were said to be left out. */
  readonly lines: () => number;
  readonly leftOutBytes: () => number;
  /** Resolves once the stream has ended. */
  readonly ended: Promise<unknown>;
}

/** Follows a run as curl does, or as an EventSource does. */
export async function startReader(
  port: number,
  path: string,
  kind: 'text/plain' | 'text/event-stream',
): Promise<Reader> {
  const request = http.get({
    host: '127.0.0.1',
    port,
    path: `${path}?follow`,
    agent: false,
    headers: { accept: kind },
  });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const line = kind === 'text/plain' ? /^line \d+ .*say$/ : /^data: line \d+ .*say$/;
  let lines = 0;
  let leftOutBytes = 0;
  let rest = '';
  response.setEncoding('utf8').on('data', (piece: string) => {
    const all = (rest + piece).split('\n');
    rest = all.pop() ?? '';
    lines += all.filter((text) => line.test(text)).length;
    for (const [i, text] of all.entries()) {
      const skipped =
        kind === 'text/plain'
          ? /^\[(\d+) bytes are left out/.exec(text)
          : all[i - 2] === 'event: skipped'
            ? /(\d+)/.exec(text)
            : null;
      leftOutBytes += Number(skipped?.[1] ?? 0);
    }
  });
  return { lines: () => lines, leftOutBytes: () => leftOutBytes, ended: once(response, 'close') };
}

/** Asks for a stream and never reads it; the function given back hangs up. */
export async function startStuckReader(port: number, path: string): Promise<() => void> {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(`GET ${path}?follow HTTP/1.1\r\nHost: a\r\n\r\n`);
  return () => socket.destroy();
}
