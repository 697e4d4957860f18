// One connection: its calls that are not answered yet, and the ways to end it.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Holder } from './places.ts';

/**
 * How long an idle connection of a trusted proxy stays open: longer than proxies keep theirs (HAProxy, nginx and Apache 60 s,
 * Go programs such as Traefik and cloudflared 90 s, Caddy 120 s). If we closed it first, a request on its way would be lost, and
 * no proxy repeats a POST.
 */
const proxyKeepAliveMs = 180_000;

/** An admitted call without an answer yet. */
export interface Held extends Holder {
  readonly isStart: boolean;
  readonly response: ServerResponse;
  /** Ends it now, while `leave` of a visit waits for its turn. */
  end(): void;
}

export interface Connection {
  /** With TLS, the raw socket until the handshake is done. */
  socket: Socket;
  readonly address: string;
  readonly isProxy: boolean;
  isOpen: boolean;
  /** Empty for strangers: most connections of a flood never get a list of their own. */
  held: readonly Held[];
  unanswered: number;
  /** How many requests arrived in which turn of the event loop: Node may read 32 times 64 KiB from a connection in one turn. */
  inTurn: number;
  turn: number;
  isBroken: boolean;
  /** One function for all responses of the connection, because every refusal runs this code. */
  readonly onAnswered: () => void;
}

const nothingHeld: readonly Held[] = [];

export function createConnection(
  socket: Socket,
  {
    isExempt,
    onAnswered,
  }: {
    readonly isExempt: (address: string) => boolean;
    readonly onAnswered: (connection: Connection) => void;
  },
): Connection {
  const address = socket.remoteAddress ?? '';
  const connection: Connection = {
    socket,
    address,
    isProxy: isExempt(address),
    isOpen: true,
    held: nothingHeld,
    unanswered: 0,
    inTurn: 0,
    turn: 0,
    isBroken: false,
    onAnswered: () => onAnswered(connection),
  };
  return connection;
}

/** Leaves the connection of a proxy open when it has become idle. */
export function keepOpenForProxy({ unanswered, isProxy, socket }: Connection): void {
  // Node has set its own time, which its header announces, just before; it sets it back when the next request arrives.
  if (unanswered === 0 && isProxy) socket.setTimeout(proxyKeepAliveMs);
}

export function isStarting({ held }: Connection): boolean {
  return held.some(({ isStart }) => isStart);
}

/**
 * Serves no further request of a connection. Returns true if a 400 may be written to it. Otherwise it is closed after the
 * admitted calls, or at once if a 400 would end up inside an answer.
 */
export function breakOff(connection: Connection): boolean {
  if (connection.isBroken) return false;
  connection.isBroken = true;
  const { held, socket } = connection;
  const isStream = ({ response }: Held): boolean => response.headersSent && !response.writableEnded;
  const last = held.findLast((one) => !isStream(one));
  const hasStream = held.some(isStream);
  if (hasStream && last?.isStart !== true) socket.destroy();
  else if (last !== undefined) closeBehind(last.response, socket);
  if (held.length > 0) return false;
  // Whatever else arrives is not HTTP either, and each piece of it would take 64 KiB and an error.
  socket.pause();
  return true;
}

/**
 * Makes Node drop what it has read from a connection but not parsed yet. Node parses 64 KiB in one go, even if the socket
 * has been destroyed meanwhile: 2,400 requests, each of which takes 5 kB until the turn of the event loop is over, which
 * kills the process if a hundred connections do it at once. There is no documented way, but this one is as old as Node:
 * the parser stops if its owner returns 2, as for a request that takes the connection over (`parserOnIncoming`).
 */
export function stopParsing(socket: Socket): void {
  const parser: unknown = Reflect.get(socket, 'parser');
  if (typeof parser === 'object' && parser !== null) Reflect.set(parser, 'onIncoming', () => 2);
}

/** Closes a connection once a response on it has been sent. */
function closeBehind(response: ServerResponse, socket: Socket): void {
  if (!response.headersSent) response.shouldKeepAlive = false;
  response.once('finish', () => socket.destroySoon());
}

/** The other end of a connection, which is unique at any moment. */
export function toPeer({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
