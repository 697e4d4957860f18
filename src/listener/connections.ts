// Connections: the one place that bounds what each may cost, and how many there may be, however requests arrive.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { createCrowd } from './crowd.ts';
import { readOpenFilesLimit, toAffordable } from './open-files.ts';
import { createPace } from './pace.ts';
import { createPlaces, type Holder } from './places.ts';

/** Limits in time and size that protect a listener from idle and slow clients. */
export const serverLimits = {
  maxHeaderSize: 49_152,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  requireHostHeader: false,
  insecureHTTPParser: false,
} as const;

/**
 * How long an idle connection of a trusted proxy stays open: longer than proxies keep theirs (HAProxy, nginx and Apache 60 s,
 * Go programs such as Traefik and cloudflared 90 s, Caddy 120 s). If we closed it first, a request on its way would be lost, and
 * no proxy repeats a POST.
 */
const proxyKeepAliveMs = 180_000;

/** The same for HTTPS: without it, Node would give a connection two minutes to begin its handshake. */
export const tlsServerLimits = { ...serverLimits, handshakeTimeout: 10_000 } as const;

/** How many requests of one connection may be unanswered, or arrive in one turn of the event loop; browsers and curl send one at a time. */
const maxAhead = 32;
/** The same limit in a crowd: memory and turns of the event loop are then reserved for clients that send one request at a time. */
const maxAheadInCrowd = 2;
/** There is a crowd when more requests than this are unanswered on all connections together, or arrived in one turn of the event loop. */
const crowdUnanswered = 512;
const crowdInTurn = 256;

/** How many connections a listener may have, before the limit on open files is applied. */
export interface ConnectionLimits {
  readonly max: number;
  readonly maxPerAddress: number;
  /** How many answers to starts may be pending; their connections do not count towards the other two limits. */
  readonly maxStarts: number;
  /** How many other answers to admitted calls may be pending: waits, streams, and what is not read. */
  readonly maxVisits: number;
}

export interface ConnectionOptions {
  /** Whether an address belongs to a trusted proxy. */
  readonly isExempt: (address: string) => boolean;
  /** How many files the process may have open: with few, all limits shrink in proportion. */
  readonly openFilesLimit?: number;
}

export interface Connections {
  /**
   * Counts a request until its answer has been handed to the system. Returns false if it must not be served: because the
   * connection is broken, or because it has sent too many requests and has been destroyed. An answer that the client does not
   * read takes a hundred times the memory of its request.
   */
  isInTurn(request: IncomingMessage, response: ServerResponse): boolean;
  /**
   * Holds a place for an admitted call until it is answered. While a start holds a place, its connection never gives way to
   * newcomers. The signal is aborted when the call should be answered at once: because its place is needed, or
   * because the client disconnected or closed its side, which may look the same.
   */
  hold(request: IncomingMessage, response: ServerResponse, kind: 'start' | 'visit'): AbortSignal;
  /** Serves a visit that is held as soon as its turn has come, or never if its connection is closed before. */
  serveInTurn(response: ServerResponse, serve: () => void): void;
  /** Serves no further request of a connection; the connection closes after the answer that was already given. */
  serveNoMore(socket: Duplex): void;
  /**
   * Serves no further request of a connection, because the client sent something that is not HTTP. Returns true if a 400 may be
   * written to it. Otherwise the connection is closed after the admitted calls, or at once if a 400 would end up inside an answer.
   */
  breakOff(socket: Duplex): boolean;
  /** Destroys all connections, including those in the middle of a TLS handshake. */
  destroyAll(): void;
}

/** An admitted call without an answer yet. */
interface Held extends Holder {
  readonly isStart: boolean;
  readonly response: ServerResponse;
  /** Ends it now, while `leave` of a visit waits for its turn. */
  end(): void;
}

interface Connection {
  /** With TLS, the raw socket until the handshake is done. */
  socket: Socket;
  readonly address: string;
  readonly isProxy: boolean;
  readonly held: Set<Held>;
  unanswered: number;
  /** How many requests arrived in which turn of the event loop: Node may read 32 times 64 KiB from a connection in one turn. */
  inTurn: number;
  turn: number;
  isBroken: boolean;
  /** One function for all responses of the connection, because every refusal runs this code. */
  readonly onAnswered: () => void;
  destroy(): void;
}

/** Bounds the connections of a server. An address in `isExempt` (a proxy) may have as many connections as all others together. */
export function limitConnections(
  server: Server,
  { isExempt, openFilesLimit = readOpenFilesLimit(), ...limits }: ConnectionLimits & ConnectionOptions,
): Connections {
  const afford = (connections: number): number => toAffordable(connections, openFilesLimit);
  const crowd = createCrowd<Connection>({
    max: afford(limits.max),
    maxPerAddress: afford(limits.maxPerAddress),
    isExempt,
  });
  const starts = createPlaces(afford(limits.maxStarts));
  const visits = createPlaces(afford(limits.maxVisits));
  const pace = createPace();
  const open = new Set<Connection>();
  /** Not `instanceof https.Server`: that would load `node:https`, which takes memory, even if it is not used. */
  const isTls = 'setSecureContext' in server;
  const connections = new WeakMap<Duplex, Connection>();
  /** Connections whose handshake is not done, by the client's port: the socket inside TLS differs from the raw one. */
  const handshaking = new Map<string, Connection>();
  let unansweredInAll = 0;
  let turn = 1;
  let inThisTurn = 0;
  const endTurn = (): void => {
    turn++;
    inThisTurn = 0;
  };

  const isStarting = ({ held }: Connection): boolean => [...held].some(({ isStart }) => isStart);
  const giveBack = (connection: Connection, held: Held): void => {
    if (!connection.held.delete(held)) return;
    (held.isStart ? starts : visits).giveBack(held);
    if (held.isStart && open.has(connection) && !isStarting(connection)) crowd.add(connection);
  };
  const forget = (connection: Connection): void => {
    if (!open.delete(connection)) return;
    crowd.remove(connection);
    unansweredInAll -= connection.unanswered;
    for (const held of connection.held) {
      giveBack(connection, held);
      for (const key of [held, held.response]) pace.drop(key);
      held.end();
    }
  };
  const follow = (connection: Connection, socket: Socket): void => {
    connection.socket = socket;
    connections.set(socket, connection);
    socket.once('close', () => forget(connection));
    socket.once('end', () => {
      for (const held of connection.held) held.leave();
    });
  };
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const connection: Connection = {
      socket,
      address,
      isProxy: isExempt(address),
      held: new Set(),
      unanswered: 0,
      inTurn: 0,
      turn: 0,
      isBroken: false,
      onAnswered() {
        if (!open.has(connection)) return;
        connection.unanswered--;
        unansweredInAll--;
        // Node has set its own time, which its header announces, just before; it sets it back when the next request arrives.
        if (connection.unanswered === 0 && connection.isProxy) connection.socket.setTimeout(proxyKeepAliveMs);
      },
      destroy: () => connection.socket.destroy(),
    };
    open.add(connection);
    follow(connection, socket);
    crowd.add(connection);
    if (!isTls) return;
    const peer = toPeer(socket);
    handshaking.set(peer, connection);
    socket.once('close', () => handshaking.delete(peer));
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    const connection = handshaking.get(toPeer(socket));
    if (connection === undefined) socket.destroy();
    else follow(connection, socket);
  });

  return {
    isInTurn({ socket }, response) {
      const connection = connections.get(socket);
      if (connection === undefined || connection.isBroken || socket.destroyed) {
        stopParsing(socket);
        return false;
      }
      connection.unanswered++;
      unansweredInAll++;
      if (inThisTurn++ === 0) setImmediate(endTurn);
      connection.inTurn = connection.turn === turn ? connection.inTurn + 1 : 1;
      connection.turn = turn;
      const isCrowd = unansweredInAll > crowdUnanswered || inThisTurn > crowdInTurn;
      if (Math.max(connection.unanswered, connection.inTurn) > (isCrowd ? maxAheadInCrowd : maxAhead)) {
        socket.destroy();
        stopParsing(socket);
        return false;
      }
      response.on('finish', connection.onAnswered);
      return true;
    },
    hold({ socket }, response, kind) {
      const leaving = new AbortController();
      const connection = connections.get(socket);
      if (connection === undefined || !open.has(connection)) {
        leaving.abort();
        return leaving.signal;
      }
      const isStart = kind === 'start';
      const end = (): void => leaving.abort('gone');
      const held: Held = {
        isStart,
        response,
        leave: isStart ? end : () => pace.add(held, end),
        end,
        destroy: connection.destroy,
      };
      connection.held.add(held);
      if (isStart) crowd.remove(connection);
      response.once('finish', () => giveBack(connection, held));
      (isStart ? starts : visits).take(held);
      if (socket.readableEnded) held.leave();
      return leaving.signal;
    },
    serveInTurn: pace.add,
    serveNoMore(socket) {
      const connection = connections.get(socket);
      if (connection !== undefined) connection.isBroken = true;
    },
    breakOff(socket) {
      const connection = connections.get(socket);
      if (connection === undefined) return true;
      if (connection.isBroken) return false;
      connection.isBroken = true;
      const held = [...connection.held];
      const isStream = ({ response }: Held): boolean => response.headersSent && !response.writableEnded;
      const last = held.findLast((one) => !isStream(one));
      const hasStream = held.some(isStream);
      if (hasStream && last?.isStart !== true) socket.destroy();
      else if (last !== undefined) closeBehind(last.response, connection.socket);
      return held.length === 0;
    },
    destroyAll() {
      for (const connection of open) connection.destroy();
    },
  };
}

/**
 * Makes Node drop what it has read from a connection but not parsed yet. Node parses 64 KiB in one go, even if the socket
 * has been destroyed meanwhile: 2,400 requests, each of which takes 5 kB until the turn of the event loop is over, which
 * kills the process if a hundred connections do it at once. There is no documented way, but this one is as old as Node:
 * the parser stops if its owner returns 2, as for a request that takes the connection over (`parserOnIncoming`).
 */
function stopParsing(socket: Socket): void {
  const parser: unknown = Reflect.get(socket, 'parser');
  if (typeof parser === 'object' && parser !== null) Reflect.set(parser, 'onIncoming', () => 2);
}

/** Closes a connection once a response on it has been sent. */
function closeBehind(response: ServerResponse, socket: Socket): void {
  if (!response.headersSent) response.shouldKeepAlive = false;
  response.once('finish', () => socket.destroySoon());
}

/** The other end of a connection, which is unique at any moment. */
function toPeer({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
